package dev.fetchwell.socket;

import java.util.Arrays;
import java.util.Objects;

/**
 * One message that came, from {@link ReconnectingWebSocket.Builder#publisher}.
 *
 * <pre>{@code
 * if (message instanceof SocketMessage.Text text) {
 *   show(text.text());
 * }
 * }</pre>
 */
public sealed interface SocketMessage {

  /** A text message. */
  record Text(String text) implements SocketMessage {

    /** Creates one, such as for a test. */
    public Text {
      Objects.requireNonNull(text, "text");
    }
  }

  /** A binary message; its bytes are the receiver's own. Equal to one with the same bytes. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by content, below.
  record Binary(byte[] bytes) implements SocketMessage {

    /** Creates one, such as for a test. */
    public Binary {
      Objects.requireNonNull(bytes, "bytes");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Binary that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Binary[" + bytes.length + " bytes]";
    }
  }
}
