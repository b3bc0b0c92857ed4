package dev.fetchwell.internal.async;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A span of time as a future, which begins when it is armed; see {@link CallFuture#after}. */
public final class Delay extends CallFuture<@Nullable Void> {

  private final Platform platform;
  private final Duration length;

  Delay(Platform platform, Duration length) {
    this.platform = platform;
    this.length = length;
  }

  /** Begins; completes on a call thread. Does nothing if it was cancelled. */
  public void arm() {
    run(new Alarm(platform.timer(), length, this::elapsed), Alarm::arm);
  }

  @SuppressWarnings("NullAway") // It does not look into the type argument.
  private void elapsed() {
    platform.execute(() -> complete(null));
  }
}
