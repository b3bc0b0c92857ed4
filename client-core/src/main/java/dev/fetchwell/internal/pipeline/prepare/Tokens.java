package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Delay;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The token of one client: fetched once for all calls that wait for it, again before it expires,
 * and where a server refused it. Thread-safe.
 *
 * <p>A source that fails is left alone for a second: calls that come meanwhile wait for the next
 * fetch, so that no thousand of them ask a dead server. So it is with a token that is refused as
 * soon as it was renewed.
 */
final class Tokens {

  /** A future that never completes must not keep the next call from trying again. */
  private static final Duration LONGEST_FETCH = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final TokenSource source;
  private final Platform platform;

  /** Whether this thread is in the source, where nobody may wait for a token. */
  private final ThreadLocal<@Nullable Boolean> inSource = new ThreadLocal<>();

  /** Written under the lock. */
  private volatile @Nullable HeldToken held;

  // Guarded by this, which is held for a few assignments only.
  private @Nullable Fetch running;
  private boolean replacesRefused;
  private boolean pausing;
  private long pausedUntil;
  private boolean closed;

  Tokens(TokenSource source, Platform platform) {
    this.source = source;
    this.platform = platform;
  }

  /** The token, if one is good; has it renewed in the background if it will soon expire. */
  @Nullable HeldToken now() {
    HeldToken known = held;
    if (known == null) {
      return null;
    }
    Instant now = platform.clock().instant();
    if (known.isExpired(now)) {
      return null;
    }
    if (!known.isFresh(now)) {
      renew();
    }
    return known;
  }

  /** Whether this thread is in the source, or in what that calls. */
  boolean isFetchingHere() {
    return inSource.get() != null;
  }

  /** A server refused the token: it is not sent again. */
  synchronized void refuse(HeldToken token) {
    if (held != token) {
      return;
    }
    held = null;
    replacesRefused = true;
    if (token.isAfterRefusal()) {
      pauseFrom(token.fetchedNanos());
    }
  }

  private void pauseFrom(long nanos) {
    pausing = true;
    pausedUntil = nanos + PAUSE.toNanos();
  }

  private Duration pauseLeft() {
    long left = pausing ? pausedUntil - platform.timer().nanoTime() : 0;
    pausing = left > 0;
    return Duration.ofNanos(Math.max(0, left));
  }

  private void renew() {
    Fetch begun;
    synchronized (this) {
      if (running != null || closed || !pauseLeft().isZero()) {
        return;
      }
      begun = new Fetch(true);
      running = begun;
    }
    begun.begin(Duration.ZERO);
  }

  /** Waits for the next token, which is fetched if nobody does that yet. */
  CallFuture<HeldToken> fetched() {
    Waiter waiter;
    Fetch begun = null;
    Duration pause = Duration.ZERO;
    synchronized (this) {
      HeldToken meanwhile = held;
      if (meanwhile != null && !meanwhile.isExpired(platform.clock().instant())) {
        return had(meanwhile);
      }
      Fetch fetch = running;
      if (fetch == null) {
        fetch = new Fetch(false);
        running = fetch;
        begun = fetch;
        pause = pauseLeft();
      }
      waiter = new Waiter(fetch);
      fetch.waiters.add(waiter);
    }
    if (begun != null) {
      begun.begin(pause);
    }
    return waiter;
  }

  private static CallFuture<HeldToken> had(HeldToken token) {
    CallFuture<HeldToken> ended = new CallFuture<>();
    ended.complete(token);
    return ended;
  }

  /** What is fetched in the background is given up; for what calls wait, they see to that. */
  void close() {
    Fetch left;
    synchronized (this) {
      closed = true;
      left = running;
      if (left == null || !left.waiters.isEmpty()) {
        return;
      }
      running = null;
    }
    left.cancel();
  }

  private void leave(Waiter waiter, Fetch fetch) {
    synchronized (this) {
      boolean last = fetch.waiters.remove(waiter) && fetch.waiters.isEmpty();
      if (!last || running != fetch || (fetch.inBackground && !closed)) {
        return;
      }
      running = null;
    }
    fetch.cancel();
  }

  private void ended(Fetch fetch, @Nullable HeldToken made, @Nullable Throwable thrown) {
    List<Waiter> waiting;
    synchronized (this) {
      if (running != fetch) {
        // Given up, as nobody waits for it.
        return;
      }
      running = null;
      waiting = List.copyOf(fetch.waiters);
      if (made == null) {
        pauseFrom(platform.timer().nanoTime());
      } else {
        held = made;
        replacesRefused = false;
      }
    }
    TokenProblem problem = thrown == null ? null : TokenProblem.ofSource(thrown);
    for (Waiter each : waiting) {
      platform.execute(() -> each.end(made, problem));
    }
  }

  private synchronized HeldToken received(Token token) {
    try {
      Instant now = platform.clock().instant();
      return new HeldToken(token, now, platform.timer().nanoTime(), replacesRefused);
    } catch (IllegalArgumentException illegal) {
      throw TokenProblem.ofToken(illegal);
    }
  }

  /** One fetch, and who waits for it. However it ends, they are told. */
  private final class Fetch extends CallFuture<HeldToken> {

    private final boolean inBackground;

    /** Guarded by the tokens. */
    private final Set<Waiter> waiters = new LinkedHashSet<>();

    private Fetch(boolean inBackground) {
      this.inBackground = inBackground;
    }

    private void begin(Duration pause) {
      var unused = whenComplete((made, thrown) -> ended(this, made, thrown));
      if (pause.isZero()) {
        ask();
        return;
      }
      Delay delay = platform.delay(pause);
      after(delay, this::ask);
    }

    private void ask() {
      ForeignStep<Token> step = new ForeignStep<>(platform, "its function", this::askHere);
      platform.limit(step, LONGEST_FETCH, () -> TokenProblem.ofTime(LONGEST_FETCH));
      follow(step, token -> complete(received(token)), this::completeExceptionally);
      step.start();
    }

    private CompletableFuture<Token> askHere() {
      inSource.set(true);
      try {
        return source.fetch();
      } finally {
        inSource.remove();
      }
    }
  }

  /** One call's wait for a fetch. */
  private final class Waiter extends CallFuture<HeldToken> {

    private final Fetch fetch;

    private Waiter(Fetch fetch) {
      this.fetch = fetch;
    }

    private void end(@Nullable HeldToken made, @Nullable TokenProblem problem) {
      if (made != null) {
        complete(made);
      } else if (problem != null) {
        completeExceptionally(problem);
      }
    }

    @Override
    protected void givenUp() {
      leave(this, fetch);
    }
  }
}
