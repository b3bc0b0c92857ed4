package dev.fetchwell.socket;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.internal.text.WebSocketUrl;
import dev.fetchwell.policy.Backoff;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A web socket that connects again by itself, until it is stopped, its client is closed, or there
 * is no use in trying.
 *
 * <pre>{@code
 * ReconnectingWebSocket feed =
 *     ReconnectingWebSocket.builder(client, "wss://feed.example.com/v1")
 *         .onOpen(socket -> socket.send("subscribe"))
 *         .onText((socket, text) -> handle(text))
 *         .connect();
 * feed.stop(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Each handshake is a call of the client's: its headers, secrets, redirects, limits, timeouts
 * and listeners apply to it. An open socket holds no permit. It has one thread of the client's,
 * which reads; handlers run one at a time and in order on another one, only while there is
 * something to handle, and may block. Up to 64 messages (or {@code maxMessageBytes}) wait for them;
 * beyond, the connection is not read, so that the server has to wait.
 *
 * <p>Which failures and close codes end it, and which are followed by another connection, is listed
 * in {@code docs/sockets.md}. Thread-safe.
 */
public final class ReconnectingWebSocket {

  private final SocketRun run;

  private ReconnectingWebSocket(
      SocketSettings settings, Home home, Inbox.@Nullable Target messages) {
    this.run = new SocketRun(settings, home, new ToHandlers(settings, this, messages));
  }

  /**
   * Starts the configuration of a socket.
   *
   * @param client whose connections, threads and settings to use; closing it ends the socket
   * @param url {@code ws://}, {@code wss://}, {@code http://} or {@code https://}, or a path below
   *     the client's base URL; {@code {name}} is a placeholder
   * @param variables a value for each placeholder, in order, percent-encoded into it
   */
  public static Builder builder(AsyncHttpClient client, String url, Object... variables) {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(url, "url");
    return new Builder(client.get(WebSocketUrl.asHttp(url), variables));
  }

  /**
   * Starts the configuration of a socket whose handshake is a given request, such as one with query
   * parameters, or timeouts of its own.
   *
   * @param handshake a GET without a body; copied
   */
  public static Builder builder(RequestSpec handshake) {
    return new Builder(Objects.requireNonNull(handshake, "handshake").copy());
  }

  /**
   * Sends a text message. While there is no connection it waits for the next one.
   *
   * <p>The future completes when the operating system has taken all of the message; whether the
   * server has got it only the server can say. It fails, and the message is dropped, if
   *
   * <ul>
   *   <li>the connection is lost before that, with a {@code ConnectionError}: its {@code
   *       mayHaveBeenProcessed()} is false unless a part of the message was sent; with {@link
   *       Builder#resendOnReconnect} the message waits for the next connection instead
   *   <li>the queue is full, at once, with a {@code BulkheadFullError}
   *   <li>the socket has ended or is being stopped, with a {@code ConnectionError}, or a {@code
   *       ClientClosedError}
   *   <li>the text is not Unicode (half of a surrogate pair), with an {@code InvalidRequestError}
   * </ul>
   *
   * <p>Cancelling it takes a message that still waits out of the queue. It completes on a call
   * thread, or on the client's executor; if the message is refused, at once.
   */
  public CompletableFuture<@Nullable Void> send(String text) {
    Objects.requireNonNull(text, "text");
    byte[] payload;
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      payload = new byte[encoded.remaining()];
      encoded.get(payload);
    } catch (CharacterCodingException notUnicode) {
      return CompletableFuture.failedFuture(
          new InvalidRequestError(
              "the text has half of a surrogate pair, which UTF-8 cannot encode",
              run.facts(false),
              notUnicode));
    }
    return run.send(new Link.Frame(Link.Frame.TEXT, payload));
  }

  /** Sends a binary message, which is copied; all else is as in {@link #send(String)}. */
  public CompletableFuture<@Nullable Void> send(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return run.send(new Link.Frame(Link.Frame.BINARY, bytes.clone()));
  }

  /**
   * Ends the socket: refuses further messages, sends those that wait, then the close frame (1000),
   * and hands over what comes until the server's. A socket that has no connection ends at once, or
   * if messages wait and it is just connecting, after those were sent.
   *
   * @param grace how long that may take; then the connection is closed and what is left is dropped.
   *     With zero there is no close frame
   * @return a future of the caller's own, which completes normally when the socket has ended and
   *     its handlers have returned, at the latest after the grace (with zero: as soon as no handler
   *     runs any more that was running). Cancelling it does not undo the stop
   */
  public CompletableFuture<@Nullable Void> stop(Duration grace) {
    Checks.notNegative("grace", grace);
    return run.stop(grace);
  }

  /** What it is doing now. */
  public SocketState state() {
    return run.state();
  }

  /**
   * Completes when it is open for the first time; fails as {@link #closed} if it ends before, with
   * a {@code CancellationException} if it was stopped. A future of the caller's own: cancelling it
   * changes nothing.
   */
  public CompletableFuture<@Nullable Void> opened() {
    return run.ending().whenOpened();
  }

  /**
   * Completes when the socket has ended and its handlers have heard of it (at most 5 s later):
   * normally if it was {@linkplain #stop stopped}, or if the server closed it with 1000; else it
   * fails with the {@link FetchError} that ended it. A future of the caller's own: cancelling it
   * changes nothing.
   */
  public CompletableFuture<@Nullable Void> closed() {
    return run.ending().whenClosed();
  }

  /** Why the last connection was lost or refused, also if another one followed; empty at first. */
  public Optional<FetchError> lastError() {
    return Optional.ofNullable(run.lastError());
  }

  /** The subprotocol that the server chose for the last connection; an empty string for none. */
  public String subprotocol() {
    return run.subprotocol();
  }

  /** How many messages wait to be sent, with the one that is being sent. */
  public int queued() {
    return run.queued();
  }

  /** State, address and what waits; no query value and no user info. */
  @Override
  public String toString() {
    return "ReconnectingWebSocket["
        + run.shownUrl()
        + ", "
        + state()
        + ", queued="
        + queued()
        + "]";
  }

  /**
   * Collects the settings of a socket; confined to one thread, and good for several sockets.
   *
   * <p>Handlers run on call threads, one at a time and in order, and may block. What one of them
   * throws, but {@code onState}, ends the socket: with close code 1011 for the server, and an
   * {@code UnexpectedError} for {@link #closed}.
   */
  public static final class Builder {

    private final RequestSpec handshake;
    private SocketSettings settings = SocketSettings.STANDARD;

    private Builder(RequestSpec handshake) {
      this.handshake = handshake;
    }

    private Builder set(Consumer<SocketSettings> change) {
      settings = settings.with(change);
      return this;
    }

    /** A header of the handshake, which replaces the client's of that name. */
    public Builder header(String name, String value) {
      handshake.header(name, value);
      return this;
    }

    /** A header of the handshake that is shown nowhere and never leaves its origin. */
    public Builder secretHeader(String name, String value) {
      handshake.secretHeader(name, value);
      return this;
    }

    /** The subprotocols to offer, the preferred one first; default none. */
    public Builder subprotocols(String... names) {
      Objects.requireNonNull(names, "names");
      List<String> checked = SocketSettings.checkedSubprotocols(names);
      return set(to -> to.subprotocols = checked);
    }

    /**
     * The time between pings, default 30 s; zero: none. A ping without its pong by the time of the
     * next is a lost connection. Keep it below the idle timeout of proxies on the way, often 60 s.
     */
    public Builder heartbeat(Duration interval) {
      Checks.notNegative("heartbeat", interval);
      return set(to -> to.heartbeat = interval);
    }

    /**
     * The delay before each further connection; by default exponential from 500 ms up to 30 s with
     * full jitter, which keeps many sockets that were cut at once from coming back at once.
     */
    public Builder backoff(Backoff delays) {
      Objects.requireNonNull(delays, "delays");
      return set(to -> to.backoff = delays);
    }

    /**
     * How long a connection must have been up for {@link #backoff} and {@link #maxFailures} to
     * begin again; by default as long as the heartbeat, at least 10 s.
     */
    public Builder stableAfter(Duration time) {
      Checks.notNegative("stableAfter", time);
      return set(to -> to.stableAfter = time);
    }

    /**
     * The most that a refused handshake's {@code Retry-After} adds to the delay, default 5 minutes;
     * zero: ignore it.
     */
    public Builder respectRetryAfter(Duration cap) {
      Checks.notNegative("respectRetryAfter", cap);
      return set(to -> to.retryAfterCap = cap);
    }

    /**
     * How many connections in a row may fail, or be lost before they were {@linkplain #stableAfter
     * stable}, before the socket ends with the last error; default no limit.
     */
    public Builder maxFailures(int failures) {
      Checks.atLeast("maxFailures", failures, 0);
      return set(to -> to.maxFailures = failures);
    }

    /** Close codes of the server's that end the socket, beside those of {@code docs/sockets.md}. */
    public Builder stopOn(int... codes) {
      Objects.requireNonNull(codes, "codes");
      CloseCodes changed = settings.closeCodes.endingOn(codes);
      return set(to -> to.closeCodes = changed);
    }

    /** Close codes of the server's after which to connect again, though it would end by default. */
    public Builder reconnectOn(int... codes) {
      Objects.requireNonNull(codes, "codes");
      CloseCodes changed = settings.closeCodes.reconnectingOn(codes);
      return set(to -> to.closeCodes = changed);
    }

    /**
     * Whether messages that were not handed to the network when the connection was lost wait for
     * the next one, default false: their futures fail. One that was being sent is sent again as a
     * whole, and so may come twice; what {@code onOpen} sent is not, as it runs again.
     */
    public Builder resendOnReconnect(boolean resent) {
      return set(to -> to.resendsOnReconnect = resent);
    }

    /** The most messages that may wait to be sent, default 1,000. */
    public Builder maxQueued(int messages) {
      Checks.atLeast("maxQueued", messages, 1);
      return set(to -> to.maxQueued = messages);
    }

    /** The most bytes that may wait to be sent, default 16 MiB; so also of one message. */
    public Builder maxQueuedBytes(long bytes) {
      Checks.atLeast("maxQueuedBytes", bytes, 1);
      return set(to -> to.maxQueuedBytes = bytes);
    }

    /**
     * The largest message that is taken, in bytes after decompression, default 1 MiB, at least 125.
     * A larger one ends the socket with a {@code BodyTooLargeError}, and close code 1009.
     */
    public Builder maxMessageBytes(int bytes) {
      SocketSettings.checkedMessageBytes(bytes);
      return set(to -> to.maxMessageBytes = bytes);
    }

    /**
     * Whether to offer {@code permessage-deflate}, default true. Switch it off where a message has
     * a secret beside text that an attacker chooses: its length then tells about the secret.
     */
    public Builder compression(boolean offered) {
      return set(to -> to.compresses = offered);
    }

    /**
     * Runs for each connection, before anything that comes over it. What it sends goes first: other
     * messages wait until it has returned (at most 5 s). If the connection is gone by then, what it
     * sends fails, as it will run again for the next one.
     */
    public Builder onOpen(Consumer<? super ReconnectingWebSocket> handler) {
      Objects.requireNonNull(handler, "handler");
      return set(to -> to.onOpen = handler);
    }

    /** Gets each text message; without it they are dropped. */
    public Builder onText(BiConsumer<? super ReconnectingWebSocket, ? super String> handler) {
      Objects.requireNonNull(handler, "handler");
      return set(to -> to.onText = handler);
    }

    /** Gets each binary message, whose bytes are its own; without it they are dropped. */
    public Builder onBinary(BiConsumer<? super ReconnectingWebSocket, ? super byte[]> handler) {
      Objects.requireNonNull(handler, "handler");
      return set(to -> to.onBinary = handler);
    }

    /**
     * Hears of each change of state, in its turn among the messages. What it throws is logged. If a
     * handler is more than 100 changes behind, some in between are left out.
     */
    public Builder onState(Consumer<? super SocketState> handler) {
      Objects.requireNonNull(handler, "handler");
      return set(to -> to.onState = handler);
    }

    /**
     * Opens the socket; returns at once. A first connection that fails is followed by others, as
     * later ones are; an address or header that is illegal ends the socket. See {@link
     * ReconnectingWebSocket#opened} and {@link ReconnectingWebSocket#closed}.
     */
    public ReconnectingWebSocket connect() {
      ReconnectingWebSocket socket = new ReconnectingWebSocket(settings, home(), null);
      socket.run.start();
      return socket;
    }

    /**
     * The messages as a publisher, with a socket of its own for each subscriber, which connects
     * when it is subscribed to. Beyond 64 messages nothing is read without demand; {@code onOpen}
     * and {@code onState} come in their turn, behind messages that nobody asked for yet. It
     * completes and fails as {@link ReconnectingWebSocket#closed}; cancelling stops the socket,
     * with a second of grace. A subscriber that throws counts as cancelled; what it threw is
     * logged.
     *
     * @throws IllegalStateException if there is an {@code onText} or {@code onBinary}
     */
    public Flow.Publisher<SocketMessage> publisher() {
      if (settings.onText != null || settings.onBinary != null) {
        throw new IllegalStateException(
            "the subscriber gets the messages (expected: no onText and no onBinary)");
      }
      SocketSettings now = settings;
      Home home = home();
      return new MessagePublisher(target -> new ReconnectingWebSocket(now, home, target).run);
    }

    private Home home() {
      return new ClientHome(RequestAccess.partsOf(handshake), settings);
    }
  }
}
