package dev.fetchwell.observe;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.text.Checks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Writes what went over the wire into a HAR 1.2 file, which the network panels of Chromium and
 * Firefox import, and which {@link Waterfall} shows: an entry for each attempt and each redirect.
 *
 * <pre>{@code
 * try (HarRecorder recorder = HarRecorder.to(Path.of("calls.har"));
 *     AsyncHttpClient client = AsyncHttpClient.builder().listener(recorder).build()) {
 *   ...
 * }
 * Waterfall.html(Path.of("calls.har"), Path.of("calls.html"));
 * }</pre>
 *
 * <p><b>Secrets.</b> Secret headers, cookies, query values and user info are written as {@code
 * ***}. Bodies are not written unless {@link #bodies} asks for them; they are written as they are.
 *
 * <p><b>What HAR has no name for</b> is in fields that begin with {@code _}: {@code _call} and
 * {@code _attempt} are numbers; {@code _hop} counts redirects within an attempt; {@code
 * _retryDelay} (milliseconds waited before the attempt) and {@code _retryReason}; {@code
 * _hedgedAfter}; {@code _throttledBy}; {@code _decode}; {@code _reusedConnection}; {@code _givenUp}
 * of an attempt that was no longer wanted; {@code _error} with type and message. The last entry of
 * a call has {@code _outcome} ({@code ok}, {@code failed}, {@code cancelled}), {@code _callTime},
 * {@code _queueTime} and {@code _callError}. A call that made no attempt (no permit, an open
 * circuit, another one's answer) is an entry with {@code _attempt} 0.
 *
 * <p><b>The file.</b> It is made with the first call, in place of one that is there, and again if
 * it is moved away. It is whole after every write, so that whatever ends the process leaves valid
 * JSON of all that was written; what is not yet there are calls that run, and the last
 * milliseconds. Only a process that is killed within a write itself can tear the last entry: {@link
 * Waterfall} leaves that out, and {@link #repair} cuts it off. A crash of the machine may lose
 * more, as the disk is not waited for.
 *
 * <p><b>Calls wait for nothing.</b> Files are written on a thread of the library. If that cannot
 * keep up, entries are left out and {@linkplain #dropped() counted}. If the file cannot be written,
 * calls go on; the log says so once, and each later entry tries again. One recorder can serve
 * several clients; two need two files. Thread-safe.
 */
public final class HarRecorder implements CallListener, AutoCloseable {

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Path path;
  private final int bodies;
  private final Platform platform;
  private final long begun;
  private final Instant date;
  private final HarQueue queue;
  private final ConcurrentHashMap<CallInfo, HarCall> running = new ConcurrentHashMap<>();

  private HarRecorder(Path path, int bodies) {
    this(path, bodies, Platform.system(), HarFile::onDisk);
  }

  HarRecorder(Path path, int bodies, Platform platform, HarFile.Opener opener) {
    this.path = path;
    this.bodies = bodies;
    this.platform = platform;
    this.begun = platform.timer().nanoTime();
    this.date = platform.clock().instant();
    this.queue = new HarQueue(new HarFile(path, opener), platform);
  }

  /**
   * A recorder that writes to a file. Nothing is opened before the first call.
   *
   * @param file is replaced if it is there; its directory must be there
   */
  public static HarRecorder to(Path file) {
    return new HarRecorder(Objects.requireNonNull(file, "file"), 0);
  }

  /**
   * The same with bodies: those of requests that are in memory, and those of answers that are not
   * streamed, after decompression; text as text, all else in Base64. <b>They are written as they
   * are, with whatever secrets they hold</b>, such as a login or a token. Default: none.
   *
   * @param atMost bytes of each body, from 1; some KiB are enough to recognise one, and what waits
   *     to be written is held in memory
   */
  public HarRecorder bodies(int atMost) {
    Checks.atLeast("atMost", atMost, 1);
    return new HarRecorder(path, atMost);
  }

  /**
   * Makes valid JSON of a file whose process was killed while it wrote: cuts off the entry that was
   * torn. Any other file stays as it is.
   *
   * @return whether an entry was cut off
   * @throws IOException if the file cannot be read or written, or is no HAR file
   */
  public static boolean repair(Path file) throws IOException {
    return HarTail.repair(Objects.requireNonNull(file, "file"));
  }

  /** How many entries were left out so far, because the disk could not keep up or failed. */
  public long dropped() {
    return queue.dropped();
  }

  @Override
  public int bodyBytes() {
    return bodies;
  }

  @Override
  public void callStarted(CallStarted event) {
    if (!queue.isClosing()) {
      running.put(event.call(), new HarCall(event.call(), now(), bodies, this::at, queue::add));
    }
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    with(event.call(), call -> call.attemptStarted(event.attempt(), now()));
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    with(event.call(), call -> call.attemptEnded(event, now()));
  }

  @Override
  public void redirected(Redirected event) {
    with(event.call(), call -> call.redirected(event, now()));
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    with(event.call(), call -> call.retryScheduled(event));
  }

  @Override
  public void throttled(Throttled event) {
    with(event.call(), call -> call.throttled(event));
  }

  @Override
  public void hedged(Hedged event) {
    with(event.call(), call -> call.hedged(event));
  }

  @Override
  public void flightJoined(FlightJoined event) {
    with(event.call(), HarCall::flightJoined);
  }

  @Override
  public void callEnded(CallEnded event) {
    HarCall call = running.remove(event.call());
    if (call != null) {
      call.ended(event, now());
    }
  }

  @Override
  public void callCancelled(CallCancelled event) {
    HarCall call = running.remove(event.call());
    if (call != null) {
      call.cancelled(event, now());
    }
  }

  private void with(CallInfo info, Consumer<HarCall> action) {
    HarCall call = running.get(info);
    if (call != null) {
      action.accept(call);
    }
  }

  private long now() {
    return platform.timer().nanoTime();
  }

  /** By the monotonic clock, so that no step of the machine's clock turns the order around. */
  private Instant at(long nanoTime) {
    return date.plusNanos(nanoTime - begun);
  }

  /**
   * Writes what waits, for at most five seconds, and closes the file. Close clients first: calls
   * that still run, and later ones, are not written.
   */
  @Override
  public void close() {
    queue.close(CLOSING);
    running.clear();
  }

  /** Where it writes, and how many entries are missing there. */
  @Override
  public String toString() {
    return "HarRecorder[" + path + ", " + dropped() + " entries left out]";
  }
}
