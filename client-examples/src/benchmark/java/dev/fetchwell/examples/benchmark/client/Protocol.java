package dev.fetchwell.examples.benchmark.client;

import java.util.Locale;

/** What is spoken, without TLS. */
public enum Protocol {
  HTTP1,
  /** From the first byte on ("prior knowledge"), where a client can. */
  H2;

  /** The one with this name, as in {@code -Dbenchmark.protocol}. */
  public static Protocol named(String name) {
    for (Protocol protocol : values()) {
      if (protocol.toString().equals(name)) {
        return protocol;
      }
    }
    throw new IllegalArgumentException("benchmark.protocol: " + name + " (expected: http1 or h2)");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
