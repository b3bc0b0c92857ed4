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
 * queue of connections that the peer has yet to accept. How many that are is the host's to show:
 * each connection that comes about lets one more be opened at a time, and one that fails halves
 * their number (additive increase, multiplicative decrease, as in TCP's congestion control, RFC
 * 5681). Connections that fail together, because they were begun together, count once. Those that
 * wait for their turn do so first in, first out, each on the thread of its call; whoever has a turn
 * gives it back when it has a connection, of whatever origin, or has ended. One that waits is also
 * told when a connection may have come free: it keeps its place in the line while it looks.
 * Thread-safe.
 *
 * <p>The lock guards a few assignments. A host is known while somebody connects to it.
 */
final class ConnectPacing {

  /** At a time to a host of which nothing is known: as many as few servers refuse. */
  static final int FIRST = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final int most;

  /** By name and port; guarded by {@code lock}. */
  private final Map<String, Host> hosts = new HashMap<>();

  /** How many wait, so that whoever frees a connection need not ask; changed under the lock. */
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Paces the connections to each host.
   *
   * @param most how many are being opened at a time, however well it goes
   */
  ConnectPacing(int most) {
    this.most = most;
  }

  private static final class Host {

    private final Set<Turn> line = new LinkedHashSet<>();
    private int connecting;
    private int atOnce;

    /** How often the number was halved. */
    private int halved;

    private Host(int atOnce) {
      this.atOnce = atOnce;
    }
  }

  /** What came of a turn. */
  enum End {
    CONNECTED,
    FAILED,
    /** It was given up, or took a connection that somebody else had opened. */
    UNUSED
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
      Host known = hosts.computeIfAbsent(host, name -> new Host(Math.min(FIRST, most)));
      Turn turn = new Turn(host, known, looks);
      if (known.connecting < known.atOnce) {
        turn.take();
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

    /** How often the host's number had been halved when this was taken. */
    private int halvedBefore;

    /** Whether a connection may have come free for it. */
    private boolean told;

    private boolean ended;
    private @Nullable Condition change;

    private Turn(String name, Host host, boolean looks) {
      this.name = name;
      this.host = host;
      this.looks = looks;
    }

    private void take() {
      host.connecting++;
      halvedBefore = host.halved;
      taken = true;
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
    void end(End how) {
      lock.lock();
      try {
        if (ended) {
          return;
        }
        ended = true;
        if (taken) {
          host.connecting--;
          adapt(how);
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

    private void adapt(End how) {
      if (how == End.CONNECTED) {
        host.atOnce = Math.min(most, host.atOnce + 1);
      } else if (how == End.FAILED && halvedBefore == host.halved) {
        host.atOnce = Math.max(1, host.atOnce / 2);
        host.halved++;
      }
    }

    private void serve() {
      while (host.connecting < host.atOnce && !host.line.isEmpty()) {
        Turn next = host.line.iterator().next();
        host.line.remove(next);
        waiting.decrementAndGet();
        next.take();
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
