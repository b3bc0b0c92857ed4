package dev.fetchwell.observe;

import java.time.Duration;

/**
 * How long the parts of an attempt took, one after the other. What did not happen is zero: an
 * attempt on a connection that was open already looked up no name and did not connect.
 *
 * @param queue from the attempt's beginning to its permit, with all that it waited for on this side
 * @param dns looking up the name
 * @param connect opening the connection, without the TLS handshake
 * @param tls the TLS handshake
 * @param send sending the request, with its body
 * @param waiting from there until the headers of the answer were here
 * @param receive from there until its body was here; of a streamed one zero
 * @param decode making the caller's value of it
 * @param reused whether the connection was open already
 */
public record Phases(
    Duration queue,
    Duration dns,
    Duration connect,
    Duration tls,
    Duration send,
    Duration waiting,
    Duration receive,
    Duration decode,
    boolean reused) {

  /** Of an attempt of which nothing is known. */
  public static final Phases NONE =
      new Phases(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          false);

  /** All of it between the permit and the whole answer: without {@link #queue} and decoding. */
  public Duration onTheWire() {
    return dns.plus(connect).plus(tls).plus(send).plus(waiting).plus(receive);
  }
}
