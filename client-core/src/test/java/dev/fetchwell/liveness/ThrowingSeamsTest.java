package dev.fetchwell.liveness;

import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever a user's code throws, and whatever: each call ends, and all that it took is back. */
class ThrowingSeamsTest {

  /** Logs what is thrown, some thousand times; held here, or its level is garbage collected. */
  private static final Logger LOG = Logger.getLogger("dev.fetchwell");

  @BeforeAll
  static void logNothing() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(null);
  }

  static Stream<Seam> seams() {
    return Stream.of(
            ClientSeams.all(),
            PrepareSeams.all(),
            TransportSeams.all(),
            BreakerSeams.all(),
            ManySeams.all(),
            WorkQueueSeams.all(),
            RateSeams.all(),
            CoolDownSeams.all(),
            RequestSeams.all(),
            FlightSeams.all(),
            StreamSeams.all(),
            AsyncHandlerSeams.all(),
            SubscriberSeams.all(),
            SocketSeams.all(),
            AdaptiveSeams.all())
        .flatMap(seams -> seams);
  }

  static Stream<Arguments> seamsAndThrowables() {
    return seams()
        .flatMap(seam -> Arrays.stream(Thrown.values()).map(thrown -> Arguments.of(seam, thrown)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("seamsAndThrowables")
  void nothingIsLostWhenAUsersCodeThrows(Seam seam, Thrown thrown) throws Exception {
    try (Scene scene = new Scene(thrown)) {
      seam.play().in(scene);
      scene.check();
    }
  }
}
