package dev.fetchwell.policy;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which failures are worth another attempt, how many, and after which delay. Immutable and
 * thread-safe.
 *
 * <p>A request that may have been processed is repeated only if its method is idempotent, it
 * carries an {@code Idempotency-Key}, or {@link Builder#retryNonIdempotent} says so. A retry is
 * never started that would begin after the call's deadline.
 *
 * <pre>{@code
 * RetryPolicy.builder().maxAttempts(5).backoff(Backoff.fixed(Duration.ofMillis(200))).build();
 * }</pre>
 */
public final class RetryPolicy {

  private static final Set<Integer> STATUSES = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final RetryPolicy STANDARD = builder().build();
  private static final RetryPolicy NONE = builder().maxAttempts(1).build();

  private final int maxAttempts;
  private final Backoff backoff;
  private final @Nullable Set<Integer> statuses;
  private final @Nullable Predicate<FetchError> condition;
  private final boolean nonIdempotent;
  private final Duration retryAfterCap;
  private final RetryBudget budget;

  /** Every call looks its policy up. */
  private final int hash;

  private RetryPolicy(Builder builder) {
    maxAttempts = builder.maxAttempts;
    backoff = builder.backoff;
    statuses = builder.statuses;
    condition = builder.condition;
    nonIdempotent = builder.nonIdempotent;
    retryAfterCap = builder.retryAfterCap;
    budget = builder.budget;
    hash =
        Objects.hash(
            maxAttempts, nonIdempotent, backoff, statuses, condition, retryAfterCap, budget);
  }

  /** One attempt, however it ends. */
  public static RetryPolicy none() {
    return NONE;
  }

  /**
   * Three attempts, exponential backoff from 100 ms to 10 s with full jitter, a standard budget.
   */
  public static RetryPolicy standard() {
    return STANDARD;
  }

  /** A builder with the values of {@link #standard()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** How many attempts in all. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** The delay between attempts. */
  public Backoff backoff() {
    return backoff;
  }

  /** Whether requests that may have been processed are repeated whatever their method. */
  public boolean retriesNonIdempotent() {
    return nonIdempotent;
  }

  /** The longest {@code Retry-After} that is waited for; zero: the header is ignored. */
  public Duration retryAfterCap() {
    return retryAfterCap;
  }

  /** The budget that retries are taken from, for each host. */
  public RetryBudget budget() {
    return budget;
  }

  /**
   * Whether this failure is worth another attempt, leaving aside whether repeating the request is
   * safe, and whether there are attempts, time and budget left.
   */
  public boolean retries(FetchError error) {
    Objects.requireNonNull(error, "error");
    if (condition != null && condition.test(error)) {
      return true;
    }
    if (error instanceof HttpStatusError failed) {
      Set<Integer> byDefault = condition == null ? STATUSES : Set.of();
      return (statuses == null ? byDefault : statuses).contains(failed.status());
    }
    return condition == null && isTransient(error);
  }

  private static boolean isTransient(FetchError error) {
    if (error instanceof FetchTimeoutError timeout) {
      return timeout.phase() == FetchTimeoutError.Phase.ATTEMPT
          || timeout.phase() == FetchTimeoutError.Phase.CONNECT;
    }
    // A certificate that is not trusted now will not be in a second either.
    return error instanceof ConnectionError broken && broken.kind() != ConnectionError.Kind.TLS;
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof RetryPolicy that
        && hash == that.hash
        && maxAttempts == that.maxAttempts
        && nonIdempotent == that.nonIdempotent
        && backoff.equals(that.backoff)
        && Objects.equals(statuses, that.statuses)
        && Objects.equals(condition, that.condition)
        && retryAfterCap.equals(that.retryAfterCap)
        && budget.equals(that.budget);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    if (maxAttempts == 1) {
      return "RetryPolicy[1 attempt]";
    }
    String on =
        statuses == null
            ? ""
            : ", on " + new TreeSet<>(statuses) + (condition == null ? "" : " or");
    String when = condition == null ? "" : (statuses == null ? ", if " : " if ") + "a condition";
    return "RetryPolicy["
        + maxAttempts
        + " attempts"
        + on
        + when
        + (nonIdempotent ? ", any method" : "")
        + ", backoff "
        + backoff
        + ", Retry-After up to "
        + retryAfterCap
        + ", budget "
        + (budget.isUnlimited() ? "unlimited" : budget)
        + "]";
  }

  /** Collects the knobs of a {@link RetryPolicy}; confined to one thread. */
  public static final class Builder {

    private int maxAttempts = 3;
    private Backoff backoff = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10));
    private @Nullable Set<Integer> statuses;
    private @Nullable Predicate<FetchError> condition;
    private boolean nonIdempotent;
    private Duration retryAfterCap = Duration.ofSeconds(60);
    private RetryBudget budget = RetryBudget.standard();

    private Builder() {}

    /** Attempts in all, the first one included; at least 1, default 3. */
    public Builder maxAttempts(int attempts) {
      maxAttempts = Checks.atLeast("maxAttempts", attempts, 1);
      return this;
    }

    /** The delay between attempts; default exponential from 100 ms to 10 s with full jitter. */
    public Builder backoff(Backoff delays) {
      backoff = Objects.requireNonNull(delays, "backoff");
      return this;
    }

    /** The statuses to retry on, in place of 408, 425, 429, 500, 502, 503 and 504. */
    public Builder retryOnStatus(int... retried) {
      Objects.requireNonNull(retried, "retryOnStatus");
      for (int status : retried) {
        if (status < 400 || status > 599) {
          throw new IllegalArgumentException(
              "retryOnStatus: " + status + " (expected: 400 to 599)");
        }
      }
      statuses = Set.copyOf(new TreeSet<>(Arrays.stream(retried).boxed().toList()));
      return this;
    }

    /**
     * The failures to retry on, in place of the default ones; statuses given to {@link
     * #retryOnStatus} are retried as well. The predicate runs on a thread of the client's and must
     * not block. If it throws, the call ends with an {@code UnexpectedError}.
     */
    public Builder retryIf(Predicate<FetchError> retried) {
      condition = Objects.requireNonNull(retried, "retryIf");
      return this;
    }

    /** Whether to repeat POST and PATCH that may have been processed; default false. */
    public Builder retryNonIdempotent(boolean allowed) {
      nonIdempotent = allowed;
      return this;
    }

    /**
     * The longest {@code Retry-After} to wait for, default 60 s; a longer one fails the call at
     * once. {@code Duration.ZERO} ignores the header.
     */
    public Builder respectRetryAfter(Duration cap) {
      retryAfterCap = Checks.notNegative("respectRetryAfter", cap);
      return this;
    }

    /** The budget for each host; default {@link RetryBudget#standard()}. */
    public Builder budget(RetryBudget tokens) {
      budget = Objects.requireNonNull(tokens, "budget");
      return this;
    }

    /** The policy. */
    public RetryPolicy build() {
      return new RetryPolicy(this);
    }
  }
}
