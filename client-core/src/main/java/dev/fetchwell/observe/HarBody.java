package dev.fetchwell.observe;

import dev.fetchwell.internal.text.JsonWriter;
import dev.fetchwell.internal.text.MediaCharset;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/** The beginning of a body, for a HAR file. */
final class HarBody {

  static final HarBody NONE = new HarBody(new byte[0], "", true);

  private final byte[] bytes;
  private final String mediaType;
  private final boolean whole;

  private HarBody(byte[] bytes, String mediaType, boolean whole) {
    this.bytes = bytes;
    this.mediaType = mediaType;
    this.whole = whole;
  }

  /** A copy of the first bytes of a body that was sent. */
  static HarBody of(byte[] body, String mediaType, int atMost) {
    return new HarBody(
        body.length > atMost ? Arrays.copyOf(body, atMost) : body,
        mediaType,
        body.length <= atMost);
  }

  /** A copy of the first bytes of an answer, which may have been cut before. */
  static HarBody of(ByteBuffer body, String mediaType, int atMost) {
    byte[] start = new byte[Math.min(body.remaining(), atMost)];
    boolean whole = body.remaining() < atMost;
    body.get(start);
    return new HarBody(start, mediaType, whole);
  }

  int size() {
    return bytes.length;
  }

  String mediaType() {
    return mediaType;
  }

  /** Text as it is, all else in Base64. */
  void writeTo(JsonWriter json, String encodingName) {
    if (bytes.length == 0) {
      return;
    }
    String text = HarText.text(bytes, MediaCharset.of(mediaType));
    if (text != null) {
      json.put("text", text);
    } else {
      json.put("text", Base64.getEncoder().encodeToString(bytes)).put(encodingName, "base64");
    }
    if (!whole) {
      json.put("comment", "the first " + bytes.length + " bytes");
    }
  }
}
