package dev.fetchwell.testkit;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallCounts;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyHeaders;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Requests, options, contexts and replies that the tests of the stages share. */
public final class TestCalls {

  /** Where requests go that say nothing else. */
  public static final URI URL = URI.create("https://api.example.com/users?key=hidden");

  private TestCalls() {}

  /** A request; with a body where its method needs one. */
  public static FetchRequest request(String method, Header... headers) {
    return to(URL.toString(), method, headers);
  }

  /** A request to somewhere; with a body where its method needs one. */
  public static FetchRequest to(String url, String method, Header... headers) {
    HttpMethod name = new HttpMethod(method);
    RequestBody body = name.needsBody() ? RequestBody.of(new byte[] {1}, "text/plain") : null;
    return new FetchRequest(name, RequestUri.parse(url).uri(), List.of(headers), body);
  }

  /** The defaults, with a {@link #steady} policy. */
  public static CallOptions options() {
    return options(steady().build());
  }

  /** The defaults, with a policy. */
  public static CallOptions options(RetryPolicy retry) {
    return CallOptions.standard().retry(retry);
  }

  /** A second between attempts, and no budget. */
  public static RetryPolicy.Builder steady() {
    return RetryPolicy.builder()
        .backoff(Backoff.fixed(Duration.ofSeconds(1)))
        .budget(RetryBudget.unlimited());
  }

  /** A call that begins now, runs on the test's thread, and ends in bytes. */
  public static CallContext context(
      FetchRequest request, CallOptions options, VirtualTimer timer, CallListener... listeners) {
    return context(request, options, ReplyReaders.BYTES, VirtualPlatform.of(timer), listeners);
  }

  /** A call that begins now. */
  public static CallContext context(
      FetchRequest request,
      CallOptions options,
      ReplyReader<?> reader,
      Platform platform,
      CallListener... listeners) {
    CallInfo info =
        new CallInfo(1, request.method().name(), request.url(), request.host(), options.tag());
    CallEvents events = CallEvents.of(() -> info, List.of(listeners), new CallCounts());
    return new CallContext(request, options, reader, platform, events);
  }

  /** A reply without a body. */
  public static Reply reply(int status, String... namesAndValues) {
    return Reply.whole(status, headers(namesAndValues), URL, new byte[0]);
  }

  /** A reply whose body is open. */
  public static Reply open(OpenBody body, String... namesAndValues) {
    return open(200, body, namesAndValues);
  }

  /** A reply of a status whose body is open. */
  public static Reply open(int status, OpenBody body, String... namesAndValues) {
    return Reply.open(status, headers(namesAndValues), URL, body);
  }

  /** Headers of one value each. */
  public static ReplyHeaders headers(String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return ReplyHeaders.of(headers);
  }

  /** A future that no cancel ends. */
  public static CompletableFuture<Reply> deaf() {
    return new CompletableFuture<>() {
      @Override
      public boolean cancel(boolean mayInterrupt) {
        return false;
      }
    };
  }
}
