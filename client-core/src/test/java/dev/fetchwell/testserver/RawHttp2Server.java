package dev.fetchwell.testserver;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * HTTP/2 without TLS, frame by frame: each stream gets the next {@link Answer}, the last one stays
 * for all further ones. Reads no header; every request is only a stream to it.
 */
public final class RawHttp2Server implements AutoCloseable {

  private static final int PREFACE_BYTES = 24;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int REFUSED_STREAM = 7;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int END_STREAM_AND_HEADERS = 5;

  /** ":status: 200", by its number in HPACK's table. */
  private static final byte[] STATUS_200 = {(byte) 0x88};

  private static final byte[] NO_SETTINGS = {0, 0, 0, SETTINGS, 0, 0, 0, 0, 0};

  private final List<Answer> answers;
  private final boolean answersPings;
  private final byte[] greeting;
  private final ServerSocket listener;
  private final Acceptor acceptor;

  // All guarded by this.
  private int streams;
  private int resets;
  private int goAways;
  private int goAwaysSeen;
  private int floodsEnded;

  /** What a stream gets. */
  @FunctionalInterface
  public interface Answer {

    void answer(Connection connection, int stream) throws IOException;

    static Answer ok() {
      return (connection, stream) ->
          connection.write(HEADERS, END_STREAM_AND_HEADERS, stream, STATUS_200);
    }

    static Answer reset(int code) {
      return (connection, stream) -> connection.write(RST_STREAM, 0, stream, 0, 0, 0, code);
    }

    /** Says that this stream was not looked at, and no more will be. */
    static Answer goAwayBelow() {
      return (connection, stream) -> {
        connection.countGoAway();
        connection.writeGoAway(stream - 2);
      };
    }

    static Answer okAndGoAway() {
      return (connection, stream) -> {
        // Before the client has its answer, and may ask whether the GOAWAY was seen.
        connection.countGoAway();
        ok().answer(connection, stream);
        connection.writeGoAway(stream);
      };
    }

    /** A first part of a body that is said to go on. */
    static Answer startOfBody(String start) {
      return (connection, stream) -> {
        connection.write(HEADERS, END_HEADERS, stream, STATUS_200);
        connection.write(DATA, 0, stream, start.getBytes(StandardCharsets.US_ASCII));
      };
    }

    /** Writes bytes of the test's own again and again, until the client closes the connection. */
    static Answer flood(byte[] frames) {
      return (connection, stream) -> connection.flood(frames);
    }

    static Answer okAndFlood(byte[] frames) {
      return (connection, stream) -> {
        ok().answer(connection, stream);
        connection.flood(frames);
      };
    }

    /**
     * Refuses what comes while another stream of the same connection is open, as a server with a
     * limit of one stream does; answers after the delay.
     */
    static Answer oneAtATime(ScheduledExecutorService later, Duration delay) {
      return (connection, stream) -> {
        if (!connection.busy.compareAndSet(false, true)) {
          connection.write(RST_STREAM, 0, stream, 0, 0, 0, REFUSED_STREAM);
          return;
        }
        Callable<Void> answer =
            () -> {
              connection.busy.set(false);
              ok().answer(connection, stream);
              return null;
            };
        var unused = later.schedule(answer, delay.toMillis(), TimeUnit.MILLISECONDS);
      };
    }

    static Answer rawAndFlood(byte[] start, byte[] frames) {
      return (connection, stream) -> {
        connection.writeRaw(start);
        connection.flood(frames);
      };
    }

    static Answer raw(byte[] bytes) {
      return (connection, stream) -> connection.writeRaw(bytes);
    }

    static Answer hangUp() {
      return (connection, stream) -> connection.socket.close();
    }

    static Answer silence() {
      return (connection, stream) -> {};
    }

    /** Pings and never answers. */
    static Answer pings() {
      return (connection, stream) -> {
        while (!connection.socket.isClosed()) {
          connection.write(PING, 0, 0, new byte[8]);
        }
      };
    }

    static Answer garbage() {
      return (connection, stream) -> {
        byte[] text =
            "HTTP/1.1 400 Bad Request\r\n\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
        connection.out.write(text);
        connection.out.flush();
      };
    }
  }

  private RawHttp2Server(byte[] greeting, boolean answersPings, Answer... answers) {
    this.greeting = greeting;
    this.answersPings = answersPings;
    this.answers = List.of(answers);
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
    acceptor = Acceptor.start(listener, socket -> new Connection(socket).serve());
  }

  public static RawHttp2Server start(Answer... answers) {
    return new RawHttp2Server(NO_SETTINGS, true, answers);
  }

  /** Starts one that answers requests, but no ping. */
  public static RawHttp2Server startWithoutPongs(Answer... answers) {
    return new RawHttp2Server(NO_SETTINGS, false, answers);
  }

  /** Starts one that sends this in place of its settings, whatever it is. */
  public static RawHttp2Server startWith(byte[] greeting, Answer... answers) {
    return new RawHttp2Server(greeting, true, answers);
  }

  public String url(String path) {
    return "http://127.0.0.1:" + listener.getLocalPort() + path;
  }

  /** Requests so far. */
  public synchronized int streams() {
    return streams;
  }

  public int acceptedConnections() {
    return acceptor.accepted();
  }

  public synchronized void awaitStreams(int count) {
    await(() -> streams >= count, count + " streams");
  }

  /** Waits until the client has reset so many streams. */
  public synchronized void awaitResets(int count) {
    await(() -> resets >= count, count + " resets");
  }

  /** Waits until the client has closed the connections that were sent a GOAWAY, or read it. */
  public synchronized void awaitGoAwaysSeen() {
    await(() -> goAwaysSeen >= goAways, "GOAWAYs to be seen");
  }

  /** Waits until the client has closed so many connections that were flooded. */
  public synchronized void awaitFloodsEnded(int count) {
    await(() -> floodsEnded >= count, count + " floods to be ended");
  }

  private void await(BooleanSupplier condition, String expected) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within 10 s: " + expected);
      }
      try {
        wait(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /** One client's connection; used by its own thread. */
  public final class Connection {

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final AtomicBoolean busy = new AtomicBoolean();

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    private void serve() throws IOException {
      in.readFully(new byte[PREFACE_BYTES]);
      writeRaw(greeting);
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        handle(type, flags, stream, payload);
      }
    }

    private void handle(int type, int flags, int stream, byte[] payload) throws IOException {
      if (type == PING && flags != ACK && answersPings) {
        write(PING, ACK, 0, payload);
      } else if (type == SETTINGS && flags != ACK) {
        write(SETTINGS, ACK, 0);
      } else if (type == HEADERS) {
        next().answer(this, stream);
      } else {
        count(type, flags);
      }
    }

    private Answer next() {
      synchronized (RawHttp2Server.this) {
        RawHttp2Server.this.notifyAll();
        return answers.get(Math.min(streams++, answers.size() - 1));
      }
    }

    private void count(int type, int flags) {
      synchronized (RawHttp2Server.this) {
        resets += type == RST_STREAM ? 1 : 0;
        goAwaysSeen += type == PING && flags == ACK ? 1 : 0;
        RawHttp2Server.this.notifyAll();
      }
    }

    private void countGoAway() {
      synchronized (RawHttp2Server.this) {
        goAways++;
      }
    }

    private void flood(byte[] frames) throws IOException {
      try {
        while (true) {
          writeRaw(frames);
        }
      } finally {
        synchronized (RawHttp2Server.this) {
          floodsEnded++;
          RawHttp2Server.this.notifyAll();
        }
      }
    }

    private void writeRaw(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** The ping after it comes back when the client has read it. */
    private void writeGoAway(int lastStream) throws IOException {
      write(GOAWAY, 0, 0, 0, 0, 0, lastStream, 0, 0, 0, 0);
      write(PING, 0, 0, new byte[8]);
    }

    private void write(int type, int flags, int stream, int... payload) throws IOException {
      byte[] bytes = new byte[payload.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) payload[i];
      }
      write(type, flags, stream, bytes);
    }

    private synchronized void write(int type, int flags, int stream, byte[] payload)
        throws IOException {
      byte[] frame = new byte[9 + payload.length];
      frame[2] = (byte) payload.length;
      frame[3] = (byte) type;
      frame[4] = (byte) flags;
      frame[6] = (byte) (stream >> 16);
      frame[7] = (byte) (stream >> 8);
      frame[8] = (byte) stream;
      System.arraycopy(payload, 0, frame, 9, payload.length);
      out.write(frame);
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    acceptor.close();
  }
}
