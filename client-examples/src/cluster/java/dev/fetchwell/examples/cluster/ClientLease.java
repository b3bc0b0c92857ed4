package dev.fetchwell.examples.cluster;

import dev.fetchwell.AsyncHttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A subtask's share in the one client of its JVM. The first subtask makes it, so that its limits
 * hold for all of them; the last one closes it, so that the class loader of a job that has ended
 * can go. Thread-safe.
 */
final class ClientLease implements AutoCloseable {

  private static final Map<ClientSettings, Shared> OPEN = new HashMap<>();
  private static final AtomicInteger MADE = new AtomicInteger();

  private final ClientSettings settings;
  private final Shared shared;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ClientLease(ClientSettings settings, Shared shared) {
    this.settings = settings;
    this.shared = shared;
  }

  static ClientLease take(ClientSettings settings) {
    synchronized (OPEN) {
      Shared shared = OPEN.computeIfAbsent(settings, Shared::new);
      shared.leases++;
      return new ClientLease(settings, shared);
    }
  }

  AsyncHttpClient client() {
    return shared.client;
  }

  /** The JVM's process id and the client's number in it, such as {@code 4711#1}. */
  String name() {
    return shared.name;
  }

  /** Gives the share back; the last one closes the client, which cancels its calls. Idempotent. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    @Nullable Shared last = giveBack();
    if (last != null) {
      last.client.close();
    }
  }

  private @Nullable Shared giveBack() {
    synchronized (OPEN) {
      shared.leases--;
      return shared.leases == 0 ? OPEN.remove(settings) : null;
    }
  }

  private static final class Shared {

    private final String name = ProcessHandle.current().pid() + "#" + MADE.incrementAndGet();
    private final AsyncHttpClient client;
    private int leases;

    private Shared(ClientSettings settings) {
      client =
          AsyncHttpClient.builder()
              .timeout(settings.timeout())
              .attemptTimeout(settings.attemptTimeout())
              .maxConcurrencyPerHost(settings.perHost())
              .build();
    }
  }
}
