package dev.fetchwell.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.policy.Backoff;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A socket on virtual time, without a heartbeat, that waits as long each time. */
final class SocketRig {

  static final Duration WAIT = Duration.ofSeconds(3);
  static final Duration GRACE = Duration.ofSeconds(5);

  final FakeHome home = new FakeHome();
  final FakeTarget target = new FakeTarget();

  SocketRun start(Consumer<SocketSettings> change) {
    return start(change, target);
  }

  SocketRun start(Consumer<SocketSettings> change, Inbox.Target told) {
    SocketRun run = new SocketRun(settings(change), home, told);
    run.start();
    return run;
  }

  SocketRun start() {
    return start(to -> {});
  }

  static SocketSettings settings(Consumer<SocketSettings> change) {
    return SocketSettings.STANDARD
        .with(
            to -> {
              to.backoff = Backoff.fixed(WAIT);
              to.heartbeat = Duration.ZERO;
            })
        .with(change);
  }

  static CompletableFuture<?> send(SocketRun run, String text) {
    return run.send(new Link.Frame(Link.Frame.TEXT, text.getBytes(StandardCharsets.UTF_8)));
  }

  void assertQuiet() {
    home.timer.advance(Duration.ofSeconds(10));
    assertThat(home.timer.pending()).as("timers").isZero();
    assertThat(home.adopted).isEmpty();
  }
}
