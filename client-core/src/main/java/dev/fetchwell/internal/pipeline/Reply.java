package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.text.RetryAfter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What comes back through the stages, as it is, whatever its status: status, headers, and a body
 * that is either here as a whole or still open. Cancelling it gives up an open body.
 *
 * <p>It moves from thread to thread with its call; what is written after it was made is written by
 * the thread that has the call at that moment.
 */
public final class Reply implements Cancellable {

  private static final byte[] NONE = {};

  private final int status;
  private final ReplyHeaders headers;
  private final URI url;
  private byte[] bytes;
  private final @Nullable OpenBody open;
  private final @Nullable Upgraded upgraded;

  /** What runs once none of those who share it needs it any longer; null if nobody shares it. */
  private final @Nullable EndActions release;

  /** Whether others read the same bytes. */
  private boolean bytesAreShared;

  private @Nullable Flaw flaw;
  private @Nullable Object value;
  private @Nullable HttpStatusError error;

  /** What is wrong with a shared reply for some of its callers, who differ in what they take. */
  @FunctionalInterface
  public interface Flaw {

    /** The error of a caller; null for one who minds nothing. */
    @Nullable FetchError errorOf(CallContext caller);
  }

  private Reply(
      int status,
      ReplyHeaders headers,
      URI url,
      byte[] bytes,
      @Nullable OpenBody open,
      @Nullable Upgraded upgraded) {
    this(status, headers, url, bytes, open, upgraded, null);
  }

  private Reply(
      int status,
      ReplyHeaders headers,
      URI url,
      byte[] bytes,
      @Nullable OpenBody open,
      @Nullable Upgraded upgraded,
      @Nullable EndActions release) {
    this.status = status;
    this.headers = headers;
    this.url = url;
    this.bytes = bytes;
    this.open = open;
    this.upgraded = upgraded;
    this.release = release;
  }

  /** A reply whose body is here as a whole. */
  public static Reply whole(int status, ReplyHeaders headers, URI url, byte[] bytes) {
    return new Reply(status, headers, url, bytes, null, null);
  }

  /**
   * A good reply for several callers: what its call holds is held until it is cancelled, which
   * whoever hands it to them does once the last has made a value of it.
   */
  public static Reply held(int status, ReplyHeaders headers, URI url, byte[] bytes) {
    return new Reply(status, headers, url, bytes, null, null, new EndActions());
  }

  /**
   * The same for one of those who share it.
   *
   * @param isOnlyOne whether nobody else reads it
   */
  public Reply forCaller(boolean isOnlyOne) {
    Reply copy = new Reply(status, headers, url, bytes, null, null);
    copy.bytesAreShared = !isOnlyOne;
    return copy;
  }

  /** A reply whose body is still on the wire. */
  public static Reply open(int status, ReplyHeaders headers, URI url, OpenBody body) {
    return new Reply(status, headers, url, NONE, body, null);
  }

  /** A reply that switches protocols; its connection outlives the call. */
  public static Reply upgraded(int status, ReplyHeaders headers, URI url, Upgraded connection) {
    return new Reply(status, headers, url, NONE, null, connection);
  }

  /** The same reply with another open body. */
  public Reply withOpen(OpenBody body) {
    return new Reply(status, headers, url, NONE, body, null);
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** The headers. */
  public ReplyHeaders headers() {
    return headers;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    return headers.first(name);
  }

  /** The address that answered. */
  public URI url() {
    return url;
  }

  /** The body; empty if it is open, or a value was made of it. Not copied. */
  public byte[] bytes() {
    return bytes;
  }

  /** The same for who keeps it or may write into it: copied if others read it. */
  public byte[] ownBytes() {
    return bytesAreShared ? bytes.clone() : bytes;
  }

  /** Says what is wrong with it for some of those who will share it. */
  public void addFlaw(Flaw found) {
    flaw = found;
  }

  /** What is wrong with it for this one of those who share it, or null. */
  public @Nullable FetchError flawFor(CallContext caller) {
    return flaw == null ? null : flaw.errorOf(caller);
  }

  /** The body on the wire, if it is still there. */
  public @Nullable OpenBody open() {
    return open;
  }

  /** The connection, if the server has switched protocols as it was asked to. */
  public @Nullable Upgraded upgraded() {
    return upgraded;
  }

  /** Whether the status is one that is an error unless the caller wants any. */
  public boolean isError() {
    return status >= 400;
  }

  /** Whether the call goes on at another address: the one place that asks. */
  public static boolean leadsOn(int status, boolean hasLocation, CallContext context) {
    return hasLocation
        && context.options().followsRedirects()
        && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
  }

  /** Whether the call goes on at another address. */
  public boolean leadsOn(CallContext context) {
    return leadsOn(status, header("Location") != null, context);
  }

  /** Makes of it what the caller wants, where that needs the whole body. */
  public Reply read(CallContext context) {
    context.answered();
    value = context.reader().read(this, context);
    if (!isError()) {
      // Nobody asks for it again, and a dependent that blocks would keep it in memory.
      bytes = NONE;
    }
    return this;
  }

  /** What was made of it. */
  public @Nullable Object value() {
    return value;
  }

  /** The error that its status stands for; made once. */
  public HttpStatusError error(CallContext context) {
    HttpStatusError known = error;
    if (known == null) {
      known =
          HttpStatusError.of(
              status,
              headers.all(),
              bytes,
              retryAfter(context),
              context.facts(),
              context.options().errorDecoder());
      error = known;
    }
    return known;
  }

  /** How long the server asks to wait, if it does so in a way that can be read. */
  public @Nullable Duration retryAfter(CallContext context) {
    String wait = header("Retry-After");
    if (wait == null) {
      return null;
    }
    Instant ours = context.platform().clock().instant();
    String date = header("Date");
    // A date is meant by the server's clock, which may differ from ours.
    Instant now = date == null ? ours : RetryAfter.date(date, ours).orElse(ours);
    return RetryAfter.parse(wait, now).orElse(null);
  }

  /**
   * Runs when nothing of this reply is on the wire any longer, nor held for those who share it: at
   * once if the body is here.
   */
  public void whenEnded(Runnable action) {
    if (release != null) {
      release.add(action);
    } else if (open == null) {
      action.run();
    } else {
      open.whenEnded(action);
    }
  }

  @Override
  public void cancel() {
    if (release != null) {
      release.run();
    }
    if (open != null) {
      open.cancel();
    }
    if (upgraded != null) {
      upgraded.cancel();
    }
  }
}
