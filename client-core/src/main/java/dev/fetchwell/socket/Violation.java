package dev.fetchwell.socket;

import java.io.IOException;

/** The peer broke the rules of RFC 6455, or sent more than was agreed on. */
final class Violation extends IOException {

  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * Creates one.
   *
   * @param code what the peer is told in the close frame
   */
  Violation(int code, String problem) {
    super(problem);
    this.code = code;
  }

  int code() {
    return code;
  }
}
