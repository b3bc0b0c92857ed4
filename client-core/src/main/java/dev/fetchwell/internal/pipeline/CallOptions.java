package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a call goes by: held by the client, changed by a request, read by the stages. Immutable;
 * each method that takes a value gives a changed copy.
 *
 * <p>A total time that is set below an inherited limit of an attempt takes that down with it; if
 * both are set on the same level, they must fit.
 */
public final class CallOptions {

  private static final CallOptions STANDARD = new CallOptions();
  private static final long TEN_MEBIBYTES = 10L * 1024 * 1024;

  // Written only while a copy is made, before anybody else sees it.
  private Duration timeout = Duration.ofSeconds(30);
  private Duration attemptTimeout = Duration.ofSeconds(10);
  private boolean attemptIsInherited = true;

  /** The inherited limit of an attempt where a shorter total took it down; else null. */
  private @Nullable Duration attemptBefore;

  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration idleTimeout = Duration.ofSeconds(30);
  private @Nullable Duration queueTimeout;
  private RetryPolicy retry = RetryPolicy.standard();
  private long maxResponseBytes = TEN_MEBIBYTES;
  private boolean followsRedirects = true;
  private boolean reopensBody = true;
  private String tag = "";
  private String template = "";
  private @Nullable HedgePolicy hedge;
  private boolean sharesFlights;
  private BiFunction<HttpStatusError, Type, Object> errorDecoder = decoderOf(DefaultCodec.get());

  private CallOptions() {}

  private CallOptions(CallOptions other) {
    timeout = other.timeout;
    attemptTimeout = other.attemptTimeout;
    attemptIsInherited = other.attemptIsInherited;
    attemptBefore = other.attemptBefore;
    connectTimeout = other.connectTimeout;
    idleTimeout = other.idleTimeout;
    queueTimeout = other.queueTimeout;
    retry = other.retry;
    maxResponseBytes = other.maxResponseBytes;
    followsRedirects = other.followsRedirects;
    reopensBody = other.reopensBody;
    tag = other.tag;
    template = other.template;
    hedge = other.hedge;
    sharesFlights = other.sharesFlights;
    errorDecoder = other.errorDecoder;
  }

  /** The defaults, which {@code docs/configuration.md} lists. */
  public static CallOptions standard() {
    return STANDARD;
  }

  /** The same options as the ground for those of another level, such as a request's. */
  public CallOptions inherited() {
    if (attemptIsInherited) {
      return this;
    }
    CallOptions copy = new CallOptions(this);
    copy.attemptIsInherited = true;
    return copy;
  }

  /**
   * The options, if they fit together.
   *
   * @throws IllegalArgumentException if the limit of an attempt is above the total, and both were
   *     set here
   */
  public CallOptions checked() {
    if (attemptTimeout.compareTo(timeout) <= 0) {
      return this;
    }
    if (!attemptIsInherited) {
      throw new IllegalArgumentException(
          "attemptTimeout: " + attemptTimeout + " (expected: <= timeout " + timeout + ")");
    }
    CallOptions copy = new CallOptions(this);
    copy.attemptTimeout = timeout;
    copy.attemptBefore = attemptTimeout;
    return copy;
  }

  /**
   * The same options with the limit of an attempt that was there before a shorter total took it
   * down: for attempts that several callers share, of whom each has a total of its own.
   */
  public CallOptions uncapped() {
    if (attemptBefore == null) {
      return this;
    }
    CallOptions copy = new CallOptions(this);
    copy.attemptTimeout = attemptBefore;
    copy.attemptBefore = null;
    return copy;
  }

  /** The time for the whole call. */
  public CallOptions timeout(Duration total) {
    CallOptions copy = new CallOptions(this);
    copy.timeout = Checks.positive("timeout", total);
    return copy;
  }

  /** The time for one attempt, from its permit to its value. */
  public CallOptions attemptTimeout(Duration attempt) {
    CallOptions copy = new CallOptions(this);
    copy.attemptTimeout = Checks.positive("attemptTimeout", attempt);
    copy.attemptBefore = null;
    copy.attemptIsInherited = false;
    return copy;
  }

  /** The time to connect: TCP and the TLS handshake, not the name lookup. */
  public CallOptions connectTimeout(Duration connect) {
    CallOptions copy = new CallOptions(this);
    copy.connectTimeout = Checks.positive("connectTimeout", connect);
    return copy;
  }

  /** The longest silence in the body of a streamed response. */
  public CallOptions idleTimeout(Duration idle) {
    CallOptions copy = new CallOptions(this);
    copy.idleTimeout = Checks.positive("idleTimeout", idle);
    return copy;
  }

  /** The time to wait for a permit, apart from the total. */
  public CallOptions queueTimeout(Duration queue) {
    CallOptions copy = new CallOptions(this);
    copy.queueTimeout = Checks.positive("queueTimeout", queue);
    return copy;
  }

  /** What is tried again. */
  public CallOptions retry(RetryPolicy policy) {
    CallOptions copy = new CallOptions(this);
    copy.retry = Objects.requireNonNull(policy, "retry");
    return copy;
  }

  /** The largest body kept in memory, in bytes. */
  public CallOptions maxResponseBytes(long bytes) {
    CallOptions copy = new CallOptions(this);
    copy.maxResponseBytes = Checks.atLeast("maxResponseBytes", bytes, 0);
    return copy;
  }

  /** Whether a redirect is followed, or is the answer. */
  public CallOptions followRedirects(boolean followed) {
    CallOptions copy = new CallOptions(this);
    copy.followsRedirects = followed;
    return copy;
  }

  /** Whether a streamed body that breaks off before its first byte is asked for again. */
  public CallOptions reopensBody(boolean reopened) {
    CallOptions copy = new CallOptions(this);
    copy.reopensBody = reopened;
    return copy;
  }

  /** A name for metrics. */
  public CallOptions tag(String name) {
    CallOptions copy = new CallOptions(this);
    copy.tag = Objects.requireNonNull(name, "tag");
    return copy;
  }

  /** The path with its placeholders, as the caller wrote it. */
  public CallOptions template(String path) {
    CallOptions copy = new CallOptions(this);
    copy.template = Objects.requireNonNull(path, "template");
    return copy;
  }

  /** When a slow attempt gets another one beside it. */
  public CallOptions hedge(HedgePolicy policy) {
    CallOptions copy = new CallOptions(this);
    copy.hedge = Objects.requireNonNull(policy, "hedge").isNone() ? null : policy;
    return copy;
  }

  /** Every attempt stands alone, also where its client hedges. */
  public CallOptions unhedged() {
    CallOptions copy = new CallOptions(this);
    copy.hedge = null;
    return copy;
  }

  /** Whether identical calls that run at the same time share one on the wire. */
  public CallOptions singleFlight(boolean shared) {
    CallOptions copy = new CallOptions(this);
    copy.sharesFlights = shared;
    return copy;
  }

  /** What decodes the bodies of errors. */
  public CallOptions codec(JsonCodec codec) {
    CallOptions copy = new CallOptions(this);
    copy.errorDecoder = decoderOf(codec);
    return copy;
  }

  private static BiFunction<HttpStatusError, Type, Object> decoderOf(JsonCodec codec) {
    return (error, type) -> {
      String contentType = error.header("Content-Type").orElse(null);
      return new Decoding(error.body(), contentType, type, error::facts)
          .json(codec, error.status());
    };
  }

  /** Makes a value of a type of an error's body. */
  public BiFunction<HttpStatusError, Type, Object> errorDecoder() {
    return errorDecoder;
  }

  /** The time for the whole call. */
  public Duration timeout() {
    return timeout;
  }

  /** The time for one attempt. */
  public Duration attemptTimeout() {
    return attemptTimeout;
  }

  /** The time to connect. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** The longest silence in a streamed body. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** The time to wait for a permit; null: as long as the whole call may take. */
  public @Nullable Duration queueTimeout() {
    return queueTimeout;
  }

  /** What is tried again. */
  public RetryPolicy retry() {
    return retry;
  }

  /** The largest body kept in memory, in bytes. */
  public long maxResponseBytes() {
    return maxResponseBytes;
  }

  /** Whether a redirect is followed. */
  public boolean followsRedirects() {
    return followsRedirects;
  }

  /** Whether a streamed body that breaks off before its first byte is asked for again. */
  public boolean reopensBody() {
    return reopensBody;
  }

  /** The path with its placeholders; empty if it has none. */
  public String template() {
    return template;
  }

  /** When a slow attempt gets another one beside it; null: never. */
  public @Nullable HedgePolicy hedge() {
    return hedge;
  }

  /** Whether identical calls that run at the same time share one on the wire. */
  public boolean sharesFlights() {
    return sharesFlights;
  }

  /** The name for metrics, or an empty string. */
  public String tag() {
    return tag;
  }
}
