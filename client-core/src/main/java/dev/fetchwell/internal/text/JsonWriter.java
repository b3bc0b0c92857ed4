package dev.fetchwell.internal.text;

import java.util.Locale;

/**
 * Writes JSON (RFC 8259) where no codec may be there. The caller sees to it that what it begins
 * ends; commas are set here. Not thread-safe.
 */
public final class JsonWriter {

  private final StringBuilder text = new StringBuilder(1024);
  private boolean first = true;

  /** Begins an object, as a value or as an element. */
  public JsonWriter object() {
    return begin('{');
  }

  /** Begins an object in an object. */
  public JsonWriter object(String name) {
    return name(name).begin('{');
  }

  /** Begins an array in an object. */
  public JsonWriter array(String name) {
    return name(name).begin('[');
  }

  /** Ends the object that was begun last. */
  public JsonWriter endObject() {
    return end('}');
  }

  /** Ends the array that was begun last. */
  public JsonWriter endArray() {
    return end(']');
  }

  /** A string of an object. */
  public JsonWriter put(String name, String value) {
    name(name);
    first = false;
    quote(value);
    return this;
  }

  /** A whole number of an object. */
  public JsonWriter put(String name, long value) {
    name(name);
    first = false;
    text.append(value);
    return this;
  }

  /** A number of an object; what is no number in JSON is 0. */
  public JsonWriter put(String name, double value) {
    name(name);
    first = false;
    if (value == (long) value || !Double.isFinite(value)) {
      text.append(Double.isFinite(value) ? (long) value : 0);
    } else {
      text.append(value);
    }
    return this;
  }

  /** A truth value of an object. */
  public JsonWriter put(String name, boolean value) {
    name(name);
    first = false;
    text.append(value);
    return this;
  }

  private JsonWriter begin(char bracket) {
    separate();
    first = true;
    text.append(bracket);
    return this;
  }

  private JsonWriter end(char bracket) {
    first = false;
    text.append(bracket);
    return this;
  }

  private JsonWriter name(String name) {
    separate();
    quote(name);
    text.append(':');
    first = true;
    return this;
  }

  private void separate() {
    if (!first) {
      text.append(',');
    }
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (isPlain(value, i)) {
        text.append(c);
      } else {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    text.append('"');
  }

  /** Not so: control characters, half a surrogate pair, and what JavaScript took for line ends. */
  private static boolean isPlain(String value, int at) {
    char c = value.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
    }
    return c >= ' ' && c != 0x7F && c != 0x2028 && c != 0x2029;
  }

  /** What was written so far. */
  @Override
  public String toString() {
    return text.toString();
  }
}
