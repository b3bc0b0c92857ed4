package dev.fetchwell.testserver;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;

/**
 * What an HTTP/2 server without TLS does that takes one request's body, and lets it come in as
 * slowly as it likes: by its flow control, for it always reads.
 */
public final class UploadHttp2Server {

  private static final int PREFACE_BYTES = 24;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_STREAM_AND_HEADERS = 5;

  /** ":status: 200", by its number in HPACK's table. */
  private static final byte[] STATUS_200 = {(byte) 0x88};

  private static final byte[] NOTHING = {};

  private UploadHttp2Server() {}

  /**
   * Gives new room for what came, each time after a pause, until so many bytes have come; no more
   * room then. Answers when the body has ended.
   */
  public static RawServer.Talk taking(long bytes, Duration pause) {
    return peer -> {
      DataInputStream in = new DataInputStream(peer.in());
      DataOutputStream out = new DataOutputStream(peer.out());
      in.readFully(new byte[PREFACE_BYTES]);
      write(out, SETTINGS, 0, 0, NOTHING);
      long left = bytes;
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        in.readFully(new byte[length]);
        if (type == SETTINGS && flags != ACK) {
          write(out, SETTINGS, ACK, 0, NOTHING);
        } else if (type == DATA && flags == END_STREAM) {
          write(out, HEADERS, END_STREAM_AND_HEADERS, stream, STATUS_200);
        } else if (type == DATA && length > 0 && left > 0) {
          left -= length;
          peer.pause(pause);
          write(out, WINDOW_UPDATE, 0, 0, number(length));
          write(out, WINDOW_UPDATE, 0, stream, number(length));
        }
      }
    };
  }

  private static byte[] number(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  private static void write(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }
}
