package dev.fetchwell.observe;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SerialTask;
import dev.fetchwell.internal.text.CauseText;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What waits to be written to a HAR file, within bounds; written on a thread of the library. */
final class HarQueue {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  /** Some seconds of a busy client, and some 20 MB. */
  static final int MOST_ENTRIES = 10_000;

  /** All bodies that wait, together. */
  static final long MOST_BYTES = 32L << 20;

  private final HarFile file;
  private final Platform platform;
  private final ConcurrentLinkedQueue<HarEntry> entries = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final SerialTask writing = new SerialTask(this::writeAll);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean closing;

  /** Of the task. */
  private boolean complained;

  HarQueue(HarFile file, Platform platform) {
    this.file = file;
    this.platform = platform;
  }

  boolean isClosing() {
    return closing;
  }

  long dropped() {
    return dropped.get();
  }

  /** Takes an entry, or leaves it out if too much waits. Never blocks. */
  void add(HarEntry entry) {
    if (closing) {
      return;
    }
    int size = entry.size();
    int count = waiting.incrementAndGet();
    long held = bytes.addAndGet(size);
    if (count > MOST_ENTRIES || held > MOST_BYTES) {
      taken(size);
      dropped.incrementAndGet();
      return;
    }
    entries.add(entry);
    wake();
  }

  private void taken(int size) {
    waiting.decrementAndGet();
    bytes.addAndGet(-size);
  }

  private void wake() {
    if (writing.ask()) {
      platform.execute(writing::work);
    }
  }

  private void writeAll() {
    for (HarEntry entry = entries.poll(); entry != null; entry = entries.poll()) {
      taken(entry.size());
      if (closed.getCount() == 0 || !wrote(entry)) {
        dropped.incrementAndGet();
      }
    }
    if (closing && closed.getCount() > 0) {
      try {
        file.open(); // Also without an entry: a file of an earlier run would mislead.
        file.close();
      } catch (IOException e) {
        complain(e);
      } finally {
        closed.countDown();
      }
    }
  }

  private boolean wrote(HarEntry entry) {
    try {
      file.open();
      file.add(entry.toJson());
      return true;
    } catch (IOException e) {
      complain(e);
    } catch (RuntimeException | Error e) {
      Guard.report(e);
    }
    return false;
  }

  private void complain(IOException failed) {
    if (!complained) {
      complained = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot write the HAR file "
              + file.path()
              + " ("
              + CauseText.of(failed)
              + "): calls go on and are missing there; see to its directory, its permissions and"
              + " the room on its disk, as each later entry tries again");
    }
  }

  /** Writes what waits and closes the file, as far as that comes to an end in time. */
  void close(Duration atMost) {
    closing = true;
    wake();
    try {
      if (!closed.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the HAR file " + file.path() + " is still being written; is its disk slow?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It goes on without this thread.
    }
  }
}
