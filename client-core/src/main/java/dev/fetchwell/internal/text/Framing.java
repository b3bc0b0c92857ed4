package dev.fetchwell.internal.text;

import java.util.Locale;
import java.util.Set;

/** The headers that say where a message ends: the client's alone to set. */
public final class Framing {

  /** A caller's own could end a request early, and let its rest pass for another. */
  private static final Set<String> NAMES = Set.of("content-length", "transfer-encoding");

  private Framing() {}

  /** Whether a header of this name frames the message. */
  public static boolean isSetBy(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}
