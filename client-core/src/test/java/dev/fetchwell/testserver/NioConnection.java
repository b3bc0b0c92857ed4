package dev.fetchwell.testserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link NioServer}; confined to its selector thread. */
final class NioConnection {

  private static final String LENGTH = "\r\ncontent-length:";
  private static final String CHUNKED = "\r\ntransfer-encoding:";
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

  private final NioServer server;
  private final SocketChannel channel;
  private final SelectionKey key;

  // What was read of the head (or of a chunked body) so far; empty between requests, to save
  // memory.
  private String text = "";
  private boolean inChunks;
  private long bodyLeft;
  private boolean answerDue;
  private @Nullable ByteBuffer unsent;

  NioConnection(NioServer server, SocketChannel channel, SelectionKey key) {
    this.server = server;
    this.channel = channel;
    this.key = key;
  }

  void ready(ByteBuffer buffer) throws IOException {
    if (key.isValid() && key.isWritable()) {
      send();
    }
    if (key.isValid() && key.isReadable()) {
      read(buffer);
    }
  }

  void answer(byte[] response) throws IOException {
    answerDue = false;
    unsent = ByteBuffer.wrap(response);
    send();
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      // Closed all the same.
    }
    server.closed(this);
  }

  private void send() throws IOException {
    if (unsent != null) {
      channel.write(unsent);
      boolean done = !unsent.hasRemaining();
      unsent = done ? null : unsent;
      key.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  private void read(ByteBuffer buffer) throws IOException {
    buffer.clear();
    int count = channel.read(buffer);
    if (count < 0) {
      close();
      return;
    }
    buffer.flip();
    if (answerDue && buffer.hasRemaining()) {
      throw new IOException("a request before the answer to the last one: no pipelining here");
    }
    if (bodyLeft > 0) {
      skipBody(buffer);
    } else if (buffer.hasRemaining()) {
      readText(buffer);
    }
  }

  private void skipBody(ByteBuffer buffer) throws IOException {
    bodyLeft -= buffer.remaining();
    if (bodyLeft <= 0) {
      received();
    }
  }

  private void readText(ByteBuffer buffer) throws IOException {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    text += new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf(END_OF_HEAD);
    if (!inChunks && end < 0) {
      return;
    }
    if (!inChunks) {
      parseHead(end);
    }
    if (bodyLeft > 0) {
      text = "";
    } else if (inChunks && !text.endsWith(END_OF_CHUNKS)) {
      text = text.substring(Math.max(0, text.length() - END_OF_CHUNKS.length()));
    } else {
      received();
    }
  }

  /** Finds out how much of a body is still to come. */
  private void parseHead(int end) {
    String head = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
    inChunks = head.contains(CHUNKED);
    int length = head.indexOf(LENGTH);
    if (length >= 0) {
      int from = length + LENGTH.length();
      long body = Long.parseLong(head.substring(from, head.indexOf("\r\n", from)).strip());
      bodyLeft = body - (text.length() - end - END_OF_HEAD.length());
    }
  }

  private void received() throws IOException {
    text = "";
    inChunks = false;
    bodyLeft = 0;
    answerDue = true;
    server.received(this);
  }
}
