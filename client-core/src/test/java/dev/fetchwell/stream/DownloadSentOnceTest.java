package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A report that is ordered by a POST is ordered once, however its file breaks off. */
@Timeout(60)
class DownloadSentOnceTest extends DownloadSetUp {

  private static final String LONGER =
      "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 9\r\n\r\n";

  static Stream<UnaryOperator<RequestSpec>> requests() {
    return Stream.of(
        spec -> spec,
        RequestSpec::idempotencyKey,
        spec -> spec.retry(RetryPolicy.builder().retryNonIdempotent(true).build()));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void postIsNotSentAgainForTheRestOfItsFile(UnaryOperator<RequestSpec> settings) throws Exception {
    for (String start : new String[] {"", "half"}) {
      Script broken =
          exchange -> {
            exchange.raw(LONGER + start);
            exchange.close();
          };
      Script script = Script.inOrder(broken, Scripts.respond(200, "whole"));
      try (ScriptedServer server = ScriptedServer.start(script)) {
        RequestSpec post = settings.apply(client.post(server.url("/report")).json("q"));
        Awaited.failure(Download.from(post).resume(true).to(target), ConnectionError.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(part).doesNotExist();
        assertThat(target).doesNotExist();
      }
    }
  }
}
