package dev.fetchwell.internal.okhttp;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens a bounded number of connections to one host at a time, as a storm of them overflows the
 * queue of connections that the peer has yet to accept. Those that wait for their turn do so first
 * in, first out, each on the thread of its call; whoever has a turn gives it back when it has a
 * connection, of whatever origin, or has ended. One that waits is also told when a connection may
 * have come free: it keeps its place in the line while it looks. Thread-safe.
 *
 * <p>The lock guards a few assignments. A host is known while somebody connects to it.
 */
final class ConnectPacing {

  private final ReentrantLock lock = new ReentrantLock();
  private final int atOnce;

  /** By name and port; guarded by {@code lock}. */
  private final Map<String, Host> hosts = new HashMap<>();

  /** How many wait, so that whoever frees a connection need not ask; changed under the lock. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Paces the connections to each host. */
  ConnectPacing(int atOnce) {
    this.atOnce = atOnce;
  }

  private static final class Host {

    private final Set<Turn> line = new LinkedHashSet<>();
    private int connecting;
  }

  /** How a wait ended. */
  enum News {
    /** It has its turn, and connects. */
    TURN,
    /** A connection may have come free. */
    LOOK
  }

  /**
   * A turn to connect to a host, or a place in the line.
   *
   * @param looks whether it takes a connection that comes free meanwhile
   */
  Turn enter(String host, boolean looks) {
    lock.lock();
    try {
      Host known = hosts.computeIfAbsent(host, name -> new Host());
      Turn turn = new Turn(host, known, looks);
      if (known.connecting < atOnce) {
        known.connecting++;
        turn.taken = true;
      } else {
        known.line.add(turn);
        waiting.incrementAndGet();
      }
      return turn;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A connection may have come free: whoever waits longest for one, and does not look yet, looks.
   */
  void connectionFree(String host) {
    tell(host, 1);
  }

  /** There is a connection that many calls share: all who wait look for it. */
  void connectionShared(String host) {
    tell(host, Integer.MAX_VALUE);
  }

  private void tell(String host, int most) {
    if (waiting.get() == 0) {
      return;
    }
    lock.lock();
    try {
      Host known = hosts.get(host);
      if (known != null) {
        tell(known, most);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void tell(Host host, int most) {
    int left = most;
    for (Turn turn : host.line) {
      if (left == 0) {
        return;
      }
      if (turn.looks && !turn.told) {
        turn.told = true;
        turn.tell();
        left--;
      }
    }
  }

  /** For one call, which waits for it on its own thread; ended by any. */
  final class Turn {

    private final String name;
    private final Host host;
    private final boolean looks;

    /** Guarded by {@code lock}, as are the ones below. */
    private boolean taken;

    /** Whether a connection may have come free for it. */
    private boolean told;

    private boolean ended;
    private @Nullable Condition change;

    private Turn(String name, Host host, boolean looks) {
      this.name = name;
      this.host = host;
      this.looks = looks;
    }

    boolean isTaken() {
      lock.lock();
      try {
        return taken;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits for the turn, or for a connection that may have come free.
     *
     * @throws CancellationException if this was ended
     */
    News await() throws InterruptedException {
      lock.lock();
      try {
        if (change == null) {
          change = lock.newCondition();
        }
        while (!taken && !told && !ended) {
          change.await();
        }
        if (ended) {
          throw new CancellationException("given up while it waited to connect");
        }
        told = false;
        return taken ? News.TURN : News.LOOK;
      } finally {
        lock.unlock();
      }
    }

    /** Gives the turn, or the place in the line, to the next. Again it does nothing. */
    void end() {
      lock.lock();
      try {
        if (ended) {
          return;
        }
        ended = true;
        if (taken) {
          host.connecting--;
        } else {
          host.line.remove(this);
          waiting.decrementAndGet();
          if (told) {
            // It will not; so the next does.
            ConnectPacing.tell(host, 1);
          }
        }
        serve();
        tell();
      } finally {
        lock.unlock();
      }
    }

    private void serve() {
      while (host.connecting < atOnce && !host.line.isEmpty()) {
        Turn next = host.line.iterator().next();
        host.line.remove(next);
        waiting.decrementAndGet();
        host.connecting++;
        next.taken = true;
        next.tell();
      }
      if (host.connecting == 0) {
        hosts.remove(name, host);
      }
    }

    private void tell() {
      if (change != null) {
        change.signal();
      }
    }
  }
}
