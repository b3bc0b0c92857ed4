package dev.fetchwell.socket;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a peer's close code means for us. Immutable. The standard's codes are those of <a
 * href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section 7.4</a>, and of the
 * registry at IANA.
 */
final class CloseCodes {

  static final int NORMAL = 1000;
  static final int GOING_AWAY = 1001;
  static final int PROTOCOL_ERROR = 1002;
  static final int NONE = 1005;
  static final int INVALID_DATA = 1007;
  static final int TOO_BIG = 1009;
  static final int INTERNAL_ERROR = 1011;

  /**
   * The peer is done with us, or will not take what we send, or us: the next connection would end
   * in the same way.
   */
  private static final Set<Integer> FINAL =
      Set.of(NORMAL, PROTOCOL_ERROR, 1003, INVALID_DATA, 1008, TOO_BIG, 1010, 3000, 3003);

  static final CloseCodes STANDARD = new CloseCodes(FINAL);

  private final Set<Integer> ends;

  private CloseCodes(Set<Integer> ends) {
    this.ends = ends;
  }

  CloseCodes endingOn(int... codes) {
    return new CloseCodes(
        Stream.concat(ends.stream(), checked(codes)).collect(Collectors.toUnmodifiableSet()));
  }

  CloseCodes reconnectingOn(int... codes) {
    Set<Integer> taken = checked(codes).collect(Collectors.toUnmodifiableSet());
    return new CloseCodes(
        ends.stream()
            .filter(code -> !taken.contains(code))
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static Stream<Integer> checked(int... codes) {
    return Arrays.stream(codes)
        .boxed()
        .peek(
            code -> {
              if (!isSendable(code) && code != NONE) {
                throw new IllegalArgumentException(
                    "code: "
                        + code
                        + " (expected: 1000 to 1014 but 1004 and 1006, or 3000 to 4999)");
              }
            });
  }

  /** Whether the socket ends with it, in place of connecting again. */
  boolean isFinal(int code) {
    return ends.contains(code);
  }

  /** Whether it may stand in a close frame. */
  static boolean isSendable(int code) {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != NONE && code != 1006)
        || (code >= 3000 && code <= 4999);
  }

  static String nameOf(int code) {
    return switch (code) {
      case NORMAL -> "normal";
      case GOING_AWAY -> "going away";
      case PROTOCOL_ERROR -> "protocol error";
      case 1003 -> "unsupported data";
      case NONE -> "no code";
      case INVALID_DATA -> "invalid data";
      case 1008 -> "policy violation";
      case TOO_BIG -> "message too big";
      case 1010 -> "extension missing";
      case INTERNAL_ERROR -> "internal error";
      case 1012 -> "service restart";
      case 1013 -> "try again later";
      case 1014 -> "bad gateway";
      case 3000 -> "unauthorized";
      case 3003 -> "forbidden";
      case 3008 -> "timeout";
      default -> code < 4000 ? "a registered code" : "a code of the application's";
    };
  }

  /** Those that end it. */
  @Override
  public String toString() {
    return ends.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
