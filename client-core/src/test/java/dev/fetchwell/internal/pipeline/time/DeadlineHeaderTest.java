package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineHeaderTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage = DeadlineHeader.layer("X-Timeout-Ms").around(next);
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, options(), timer);

  private String toldAfter(Duration elapsed) {
    timer.advance(elapsed);
    var unused = stage.send(request, context);
    return next.last().request().header("X-Timeout-Ms").orElse("none");
  }

  @Test
  void attemptsTellTheShorterOfAttemptTimeoutAndWhatIsLeftOfTheCall() {
    assertThat(toldAfter(Duration.ZERO)).isEqualTo("10000");
    assertThat(toldAfter(Duration.ofSeconds(20))).isEqualTo("10000");
    assertThat(toldAfter(Duration.ofMillis(1_234))).isEqualTo("8766");
  }

  @Test
  void thereIsAlwaysAMillisecondLeft() {
    assertThat(toldAfter(Duration.ofSeconds(30).minusNanos(1))).isEqualTo("1");
    assertThat(toldAfter(Duration.ofSeconds(1))).isEqualTo("1");
  }

  @Test
  void whatTheRequestSaysItselfIsReplaced() {
    FetchRequest copied = request("GET", new Header("x-timeout-ms", "999999", false));

    var unused = stage.send(copied, context);

    assertThat(next.last().request().headers())
        .containsExactly(new Header("X-Timeout-Ms", "10000", false));
    assertThat(copied.header("X-Timeout-Ms")).contains("999999");
  }

  @Test
  void clientWithoutItHasNoStageForIt() {
    assertThat(DeadlineHeader.layer(null).around(next)).isSameAs(next);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X Timeout", "X:", "Content-Length", "transfer-encoding", "host"})
  void namesThatNoSuchHeaderCanHaveAreRefused(String name) {
    assertThatThrownBy(() -> AsyncHttpClient.builder().deadlineHeader(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: such as X-");
  }
}
