package dev.fetchwell.socket;

import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.policy.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a socket goes by; {@link ReconnectingWebSocket.Builder} says what each means. Immutable, but
 * while a copy is made.
 */
final class SocketSettings {

  static final SocketSettings STANDARD = new SocketSettings();

  private static final Duration SHORTEST_STABLE = Duration.ofSeconds(10);

  Duration heartbeat = Duration.ofSeconds(30);
  Backoff backoff =
      Backoff.exponential(Duration.ofMillis(500), Duration.ofSeconds(30)).withFullJitter();
  @Nullable Duration stableAfter;
  Duration retryAfterCap = Duration.ofMinutes(5);
  int maxFailures = Integer.MAX_VALUE;
  boolean resendsOnReconnect;
  int maxQueued = 1_000;
  long maxQueuedBytes = 16L * 1024 * 1024;
  int maxMessageBytes = 1024 * 1024;
  boolean compresses = true;
  CloseCodes closeCodes = CloseCodes.STANDARD;
  List<String> subprotocols = List.of();
  @Nullable Consumer<? super ReconnectingWebSocket> onOpen;
  @Nullable BiConsumer<? super ReconnectingWebSocket, ? super String> onText;
  @Nullable BiConsumer<? super ReconnectingWebSocket, ? super byte[]> onBinary;
  @Nullable Consumer<? super SocketState> onState;

  private SocketSettings() {}

  /** A changed copy. */
  SocketSettings with(Consumer<SocketSettings> change) {
    SocketSettings copy = new SocketSettings();
    copy.heartbeat = heartbeat;
    copy.backoff = backoff;
    copy.stableAfter = stableAfter;
    copy.retryAfterCap = retryAfterCap;
    copy.maxFailures = maxFailures;
    copy.resendsOnReconnect = resendsOnReconnect;
    copy.maxQueued = maxQueued;
    copy.maxQueuedBytes = maxQueuedBytes;
    copy.maxMessageBytes = maxMessageBytes;
    copy.compresses = compresses;
    copy.closeCodes = closeCodes;
    copy.subprotocols = subprotocols;
    copy.onOpen = onOpen;
    copy.onText = onText;
    copy.onBinary = onBinary;
    copy.onState = onState;
    change.accept(copy);
    return copy;
  }

  /** How long a connection must have been up for the backoff to begin again. */
  Duration stable() {
    if (stableAfter != null) {
      return stableAfter;
    }
    return heartbeat.compareTo(SHORTEST_STABLE) > 0 ? heartbeat : SHORTEST_STABLE;
  }

  /** Names that may stand in a list in a header: tokens of RFC 9110, each once. */
  static List<String> checkedSubprotocols(String... names) {
    List<String> taken = List.of(names);
    for (String name : taken) {
      if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
        throw new IllegalArgumentException(
            "subprotocols: '" + name + "' (expected: a token, such as v1.feed)");
      }
    }
    if (taken.stream().distinct().count() < taken.size()) {
      throw new IllegalArgumentException("subprotocols: " + taken + " (expected: each once)");
    }
    return taken;
  }

  static int checkedMessageBytes(int bytes) {
    return Checks.atLeast("maxMessageBytes", bytes, 125);
  }
}
