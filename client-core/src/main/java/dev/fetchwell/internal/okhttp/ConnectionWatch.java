package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one connection, whichever clients' calls it carries, and decides whether it may
 * carry further ones. HTTP/1 needs none of that: a call that is given up closes its connection.
 *
 * <p>A connection that is <i>retired</i> takes no new calls; those that it carries go on, and the
 * last one to leave closes it. Thread-safe.
 */
final class ConnectionWatch {

  /** Floods in a row until waiting calls are ended, too: more than headers may be long. */
  private static final int PATIENCE = 4;

  static final Runnable NOTHING = () -> {};

  private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

  private final Runnable closing;

  /** Whether it sees the bytes; a ping whose answer nobody sees is of no use. */
  private final boolean sighted;

  private final InboundMeter meter = new InboundMeter(Platform.system().timer());
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<@Nullable Doubt> doubt = new AtomicReference<>();
  private volatile String address = "";
  private volatile boolean multiplexed;
  private volatile @Nullable Socket shownAs;
  private volatile @Nullable Ping ping;
  private volatile boolean retired;
  private volatile boolean flooded;
  private volatile boolean startedAsHttp1;

  /** How often a doubt was settled in its favour; changed by who settled it. */
  private final AtomicInteger pardons = new AtomicInteger();

  private volatile boolean progressedSincePardon;

  /** Written by the reading thread. */
  private volatile long received;

  ConnectionWatch(Runnable closing, boolean sighted) {
    this.closing = closing;
    this.sighted = sighted;
  }

  /** A call of HTTP/2 has it now. */
  void multiplexes(String to) {
    address = to;
    multiplexed = true;
  }

  boolean isMultiplexed() {
    return multiplexed;
  }

  String address() {
    return address;
  }

  /** The socket of TLS above the watched one. */
  @Nullable Socket shownAs() {
    return shownAs;
  }

  void isShownAs(Socket socket) {
    shownAs = socket;
  }

  boolean isRetired() {
    return retired;
  }

  boolean isFlooded() {
    return flooded;
  }

  /** Whether the peer began with the text of HTTP/1. */
  boolean startedAsHttp1() {
    return startedAsHttp1;
  }

  /** Bytes so far, with those of TLS. */
  long received() {
    return received;
  }

  InboundMeter meter() {
    return meter;
  }

  int pardons() {
    return pardons.get();
  }

  void entered() {
    calls.incrementAndGet();
  }

  void left() {
    calls.decrementAndGet();
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (retired && calls.get() == 0) {
      closing.run();
    }
  }

  void progressed() {
    meter.progressed();
    if (!progressedSincePardon) {
      progressedSincePardon = true;
    }
  }

  /** Has a stream that is over, whose timeout can be used to ping. */
  void pingBy(@Nullable Ping offered) {
    if (ping == null && sighted) {
      ping = offered;
    }
  }

  boolean cannotPing() {
    return ping == null;
  }

  void sent(int count) {
    if (multiplexed) {
      meter.sent(count);
    }
  }

  /** Called by the one thread that reads from the connection. */
  void received(byte[] bytes, int offset, int count) throws IOException {
    if (received == 0) {
      int end = offset + Math.min(count, HTTP_1.length);
      startedAsHttp1 = Arrays.equals(bytes, offset, end, HTTP_1, 0, HTTP_1.length);
    }
    add(count);
    if (!multiplexed) {
      return;
    }
    Doubt now = doubt.get();
    if (now != null) {
      settle(now, true);
    }
    boolean carriesCalls = calls.get() > 0;
    int floods = meter.received(count, carriesCalls);
    if (floods > 0) {
      retired = true;
      if (!carriesCalls || floods >= PATIENCE) {
        flooded = true;
        closing.run();
        throw new ProtocolException("the peer sends nothing but control frames");
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // By one thread.
  private void add(int count) {
    received += count;
  }

  /**
   * A call got no answer in time. New calls wait until the peer has answered a ping, or until the
   * connection is retired: so it is at once if it cannot be pinged, as nobody has ever had an
   * answer from it, or if there was no call's progress since the last ping.
   *
   * @param within how long the peer has
   * @param pardonsBefore how many there were when the call took the connection
   * @param own the call's own way to ping
   * @return what is to be done once the call is cancelled, off the timer's thread: its own ping
   *     resets its stream, which OkHttp takes for a failure of the connection before that
   */
  Runnable doubt(Duration within, Platform platform, int pardonsBefore, @Nullable Ping own) {
    if (retired) {
      return NOTHING;
    }
    int before = pardons.get();
    boolean inVain = before > 0 && before == pardonsBefore && !progressedSincePardon;
    Ping known = ping;
    Ping by = known == null ? own : known;
    if (by == null || inVain || !sighted) {
      retired = true;
      return this::closeIfUnused;
    }
    Doubt begun = new Doubt();
    if (!doubt.compareAndSet(null, begun)) {
      return NOTHING;
    }
    ConnectionWatches.doubted(this);
    Cancellable atTheLatest =
        platform
            .timer()
            .schedule(within, () -> platform.continuations().execute(() -> settle(begun, false)));
    begun.endedBy(atTheLatest);
    return by::send;
  }

  /** Waits while it is in doubt. */
  void awaitSettled() {
    Doubt now = doubt.get();
    if (now != null) {
      now.await();
    }
  }

  private void settle(Doubt settled, boolean answered) {
    if (doubt.get() != settled) {
      return;
    }
    if (answered) {
      progressedSincePardon = false;
      pardons.incrementAndGet();
    } else {
      retired = true;
    }
    if (doubt.compareAndSet(settled, null)) {
      ConnectionWatches.settled(this);
      settled.settle();
      closeIfUnused();
    }
  }

  /** The socket is closed. */
  void closed() {
    Doubt now = doubt.get();
    if (now != null) {
      settle(now, false);
    }
  }
}
