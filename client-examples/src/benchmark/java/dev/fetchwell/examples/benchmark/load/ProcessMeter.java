package dev.fetchwell.examples.benchmark.load;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this process uses: CPU, memory, threads. */
final class ProcessMeter {

  private static final Path SELF = Path.of("/proc/self");
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Set<String> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(pool -> pool.getName())
          .collect(Collectors.toSet());
  private final AtomicLong mostHeap = new AtomicLong();

  ProcessMeter() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(
            (notification, handback) -> {
              if (notification.getUserData() instanceof CompositeData data
                  && notification
                      .getType()
                      .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
                collected(GarbageCollectionNotificationInfo.from(data));
              }
            },
            null,
            null);
      }
    }
  }

  private void collected(GarbageCollectionNotificationInfo info) {
    long used =
        info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
            .filter(pool -> heapPools.contains(pool.getKey()))
            .mapToLong(pool -> pool.getValue().getUsed())
            .sum();
    mostHeap.accumulateAndGet(used, Math::max);
  }

  /** Gives back what earlier runs took, and forgets their peaks. */
  void restart() {
    System.gc();
    // Else what the collection above found would come in late, as a peak of the next run.
    sleep(20);
    mostHeap.set(0);
    THREADS.resetPeakThreadCount();
    try {
      Files.writeString(SELF.resolve("clear_refs"), "5");
    } catch (IOException notLinux) {
      // The peak is then not to be known: rssBytes() says 0.
    }
  }

  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** The most after a collection since the restart; if there was none, after one now. */
  long heapBytes() {
    if (mostHeap.get() == 0) {
      System.gc();
      sleep(20);
    }
    return mostHeap.get();
  }

  static int threads() {
    return THREADS.getPeakThreadCount();
  }

  static long rssBytes() {
    try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException notLinux) {
      return 0;
    }
  }

  /** Of the threads that collect; without Linux, the collectors' pauses. */
  static long gcNanos() {
    try (Stream<Path> tasks = Files.list(SELF.resolve("task"))) {
      return tasks.mapToLong(ProcessMeter::gcNanos).sum();
    } catch (IOException notLinux) {
      return ManagementFactory.getGarbageCollectorMXBeans().stream()
          .mapToLong(collector -> collector.getCollectionTime() * 1_000_000)
          .sum();
    }
  }

  private static long gcNanos(Path task) {
    try {
      String name = Files.readString(task.resolve("comm"));
      if (!name.startsWith("GC Thread") && !name.startsWith("G1 ")) {
        return 0;
      }
      return Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
    } catch (IOException ended) {
      return 0;
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
