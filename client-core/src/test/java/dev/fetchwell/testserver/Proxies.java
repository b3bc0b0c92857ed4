package dev.fetchwell.testserver;

import dev.fetchwell.testserver.RawServer.Talk;
import java.time.Duration;

/** What a {@link RawServer} does that plays a proxy, mostly a bad one. */
public final class Proxies {

  private static final int SOCKS5 = 5;
  private static final int SOCKS5_GREETING = 3;

  private Proxies() {}

  /** Accepts, reads, and says nothing. */
  public static Talk stalls() {
    return RawServer.Peer::stall;
  }

  /** Reads one request, sends the text, and then only reads. */
  public static Talk answers(String text) {
    return peer -> {
      peer.head();
      peer.write(text);
      peer.stall();
    };
  }

  /** Reads one request and sends the text slowly. */
  public static Talk drips(String text, Duration pause) {
    return peer -> {
      peer.head();
      for (int i = 0; i < text.length(); i++) {
        peer.write(text.substring(i, i + 1));
        peer.pause(pause);
      }
      peer.stall();
    };
  }

  /** Reads one request and hangs up. */
  public static Talk hangsUp() {
    return RawServer.Peer::head;
  }

  /** SOCKS 5: sends what it is given for the greeting, without more. */
  public static Talk socksGreets(int... answer) {
    return peer -> {
      peer.read(SOCKS5_GREETING);
      peer.write(bytes(answer));
      peer.stall();
    };
  }

  /** SOCKS 5 without a password: answers the wish for a connection with a code; 0 is yes. */
  public static Talk socksAnswers(int code) {
    return peer -> {
      readSocksWish(peer);
      peer.write(bytes(SOCKS5, code, 0, 1, 127, 0, 0, 1, 0, 80));
      peer.stall();
    };
  }

  /** As above with a yes, but byte by byte. */
  public static Talk socksDrips(Duration pause) {
    return peer -> {
      readSocksWish(peer);
      for (int each : new int[] {SOCKS5, 0, 0, 1, 127, 0, 0, 1, 0, 80}) {
        peer.write(bytes(each));
        peer.pause(pause);
      }
      peer.stall();
    };
  }

  /** Knows SOCKS 4 only, and refuses. */
  public static Talk socks4Refuses() {
    return peer -> {
      if (peer.in().read() == SOCKS5) {
        peer.write(bytes(0, 91, 0, 0, 0, 0, 0, 0));
      } else {
        // VN was read; CD, port, address, and a user up to a zero.
        peer.read(7);
        int user = peer.in().read();
        while (user > 0) {
          user = peer.in().read();
        }
        peer.write(bytes(0, 91, 0, 0, 0, 0, 0, 0));
      }
      peer.stall();
    };
  }

  private static void readSocksWish(RawServer.Peer peer) throws Exception {
    byte[] greeting = peer.read(2);
    peer.read(greeting[1]);
    peer.write(bytes(SOCKS5, 0));
    byte[] wish = peer.read(5);
    // A name, whose length comes first, or the rest of four bytes; and a port.
    peer.read(wish[3] == 3 ? wish[4] + 2 : 5);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
