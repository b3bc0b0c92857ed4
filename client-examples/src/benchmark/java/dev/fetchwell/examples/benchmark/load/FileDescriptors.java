package dev.fetchwell.examples.benchmark.load;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.fetchwell.examples.benchmark.client.Protocol;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/** Whether there may be as many connections as there are to be calls in flight. */
final class FileDescriptors {

  /** Jars, event loops, and connections that are still being closed. */
  private static final int BESIDE_CONNECTIONS = 500;

  private FileDescriptors() {}

  /** Without those for which there are too few, and says so. */
  static List<Integer> enoughFor(List<Integer> inFlight, Protocol protocol) {
    if (protocol == Protocol.H2
        || !(ManagementFactory.getOperatingSystemMXBean()
            instanceof UnixOperatingSystemMXBean unix)) {
      return inFlight;
    }
    // The JVM has raised its own limit to the hard one already, and so do the processes it starts.
    long limit = unix.getMaxFileDescriptorCount();
    List<Integer> possible =
        inFlight.stream().filter(calls -> calls + BESIDE_CONNECTIONS <= limit).toList();
    for (int calls : inFlight) {
      if (!possible.contains(calls)) {
        System.out.printf(
            Locale.ROOT,
            "%d calls in flight are left out: the server and each client need %d file descriptors,"
                + " and a process may have %d here. Raise the limit in the shell that starts the"
                + " build (ulimit -n %d; as root, or in /etc/security/limits.conf, if the hard"
                + " limit, ulimit -Hn, is lower), or measure fewer with -Dbenchmark.inFlight.%n",
            calls,
            calls + BESIDE_CONNECTIONS,
            limit,
            calls + BESIDE_CONNECTIONS);
      }
    }
    return possible;
  }
}
