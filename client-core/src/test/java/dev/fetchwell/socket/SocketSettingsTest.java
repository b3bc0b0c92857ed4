package dev.fetchwell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fetchwell.AsyncHttpClient;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SocketSettingsTest {

  private static final AsyncHttpClient CLIENT = AsyncHttpClient.create();

  @AfterAll
  static void close() {
    CLIENT.close();
  }

  private static ReconnectingWebSocket.Builder builder() {
    return ReconnectingWebSocket.builder(CLIENT, "ws://localhost:1/");
  }

  private static Arguments illegal(
      String message, Consumer<ReconnectingWebSocket.Builder> setting) {
    return Arguments.of(message, setting);
  }

  static Stream<Arguments> illegalSettings() {
    Duration negative = Duration.ofSeconds(-1);
    return Stream.of(
        illegal("heartbeat: PT-1S", builder -> builder.heartbeat(negative)),
        illegal("stableAfter: PT-1S", builder -> builder.stableAfter(negative)),
        illegal("respectRetryAfter: PT-1S", builder -> builder.respectRetryAfter(negative)),
        illegal("maxFailures: -1", builder -> builder.maxFailures(-1)),
        illegal("maxQueued: 0", builder -> builder.maxQueued(0)),
        illegal("maxQueuedBytes: 0", builder -> builder.maxQueuedBytes(0)),
        illegal("maxMessageBytes: 124", builder -> builder.maxMessageBytes(124)),
        illegal("code: 999", builder -> builder.stopOn(1001, 999)),
        illegal("code: 1006", builder -> builder.reconnectOn(1006)),
        illegal("subprotocols: 'a b'", builder -> builder.subprotocols("a b")),
        illegal("subprotocols: [a, a]", builder -> builder.subprotocols("a", "a")));
  }

  @ParameterizedTest
  @MethodSource("illegalSettings")
  void illegalSettingIsThrownAtOnce(
      String message, Consumer<ReconnectingWebSocket.Builder> setting) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> setting.accept(builder()))
        .withMessageStartingWith(message)
        .withMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT10S", "PT5S, PT10S", "PT30S, PT30S"})
  void connectionIsStableAfterAHeartbeatAndAtLeastTenSeconds(Duration heartbeat, Duration stable) {
    assertThat(SocketSettings.STANDARD.with(to -> to.heartbeat = heartbeat).stable())
        .isEqualTo(stable);
  }

  @Test
  void addressIsShownWithoutSecrets() {
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(CLIENT, "wss://ann:pw@h.test/a?token=secret")
            .maxFailures(0)
            .connect();
    var unused = socket.stop(Duration.ZERO);

    assertThat(socket.toString()).contains("h.test/a").doesNotContain("pw", "secret");
  }

  @ParameterizedTest
  @CsvSource({
    "1000,true", "1001,false", "1002,true", "1003,true", "1005,false", "1007,true", "1008,true",
    "1009,true", "1010,true", "1011,false", "1012,false", "1013,false", "1014,false", "3000,true",
    "3003,true", "3008,false", "4000,false", "4999,false"
  })
  void closeCodesThatEndIt(int code, boolean isFinal) {
    assertThat(CloseCodes.STANDARD.isFinal(code)).isEqualTo(isFinal);
  }
}
