package dev.fetchwell.stream;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ScriptedServer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/** The Reactive Streams rules, over real pages of three items each. */
public final class PageItemsTckTest extends FlowPublisherVerification<Long> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;
  private static final long PAGE = 3;

  record Page(List<Long> items, @Nullable String next) {}

  private final ScriptedServer server =
      ScriptedServer.start(
          exchange -> {
            long left = Long.parseLong(exchange.request().path().substring(1));
            long here = Math.min(left, PAGE);
            String items =
                LongStream.range(left - here, left)
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(","));
            String next = left == here ? "null" : "\"/" + (left - here) + "\"";
            exchange.respond(200, "{\"items\":[" + items + "],\"next\":" + next + "}");
          });
  private final AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build();

  public PageItemsTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  @AfterClass
  public void close() {
    client.close();
    server.close();
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Pages.from(client.get("/" + elements), Page.class)
        .next(Page::next)
        .items(Page::items)
        .publisher();
  }

  /** None: a page is requested, and so fails, when the first item is asked for. */
  @Override
  public Flow.@Nullable Publisher<Long> createFailedFlowPublisher() {
    return null;
  }
}
