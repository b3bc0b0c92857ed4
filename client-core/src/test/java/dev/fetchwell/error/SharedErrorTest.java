package dev.fetchwell.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error of a call that several callers share is made again for each. */
class SharedErrorTest {

  private static final CallFacts FACTS =
      new CallFacts("GET", "https://a.example/", 2, Duration.ofSeconds(3), true, "proxy:8080");
  private static final CallFacts OTHERS =
      new CallFacts("GET", "https://a.example/", 2, Duration.ofSeconds(1), true, "proxy:8080");

  static Stream<FetchError> all() {
    return Stream.of(
        status(404),
        status(429),
        status(503),
        new FetchTimeoutError(FetchTimeoutError.Phase.QUEUE, Duration.ofSeconds(1), "it", FACTS),
        new ConnectionError(
            ConnectionError.Kind.DNS, "a.example", FACTS, new IOException("broken")),
        new SocketClosedError(1001, "going away", "bye", FACTS),
        new DecodeError(String.class, "no JSON", "<html>", FACTS, new IOException("broken")),
        BodyTooLargeError.ofPart("line", 10, FACTS),
        new BodyTooLargeError(10, FACTS),
        new InvalidRequestError("no host", FACTS, new IOException("broken")),
        new FileError(FileError.Kind.NO_SPACE, Path.of("x"), FACTS, new IOException("broken")),
        new TokenError("no token", FACTS, new IOException("broken")),
        new UnexpectedError(FACTS, new UncheckedIOException(new IOException("broken"))),
        new BulkheadFullError("all taken", FACTS),
        new ClientClosedError(FACTS),
        new QueueClosedError(FACTS),
        new CircuitOpenError("a.example", Duration.ofSeconds(4), FACTS),
        new RateLimitExceededError("50 per second", Duration.ofSeconds(5), FACTS),
        new AddressBlockedError("10.0.0.1 is private", FACTS));
  }

  private static HttpStatusError status(int status) {
    return HttpStatusError.of(
        status,
        Map.of("Retry-After", List.of("7")),
        new byte[] {'x'},
        Duration.ofSeconds(7),
        FACTS,
        (error, type) -> "decoded");
  }

  @ParameterizedTest
  @MethodSource("all")
  void copyIsTheSameButForItsFacts(FetchError error) throws Exception {
    FetchError copy = error.withFacts(OTHERS);

    assertThat(copy).isNotSameAs(error).hasSameClassAs(error);
    assertThat(copy.getMessage())
        .isEqualTo(String.valueOf(error.getMessage()).replace("3000 ms", "1000 ms"));
    assertThat(copy.getCause()).isSameAs(error.getCause());
    assertThat(copy.elapsed()).isEqualTo(Duration.ofSeconds(1));
    assertThat(copy.mayHaveBeenProcessed()).isEqualTo(error.mayHaveBeenProcessed());
    for (Class<?> type = error.getClass(); type != FetchError.class; type = type.getSuperclass()) {
      for (var getter : type.getDeclaredMethods()) {
        if (Modifier.isPublic(getter.getModifiers())
            && !Modifier.isStatic(getter.getModifiers())
            && getter.getParameterCount() == 0) {
          assertThat(getter.invoke(copy)).as(getter.getName()).isEqualTo(getter.invoke(error));
        }
      }
    }
  }

  @Test
  void everyTypeIsTried() {
    Set<String> tried =
        all().map(error -> error.getClass().getSimpleName()).collect(Collectors.toSet());

    assertThat(leaves(FetchError.class, new TreeSet<>())).isSubsetOf(tried);
  }

  private static Set<String> leaves(Class<?> type, Set<String> found) {
    if (Modifier.isFinal(type.getModifiers())) {
      found.add(type.getSimpleName());
    } else {
      for (Class<?> sub : type.getPermittedSubclasses()) {
        leaves(sub, found);
      }
    }
    return found;
  }

  @Test
  void copyOfAStatusCanBeDecoded() {
    assertThat(((HttpStatusError) status(404).withFacts(OTHERS)).bodyAs(String.class))
        .isEqualTo("decoded");
  }

  @Test
  void whatIsAddedToTheCopyIsNotOnTheOther() {
    FetchError error = status(503);
    FetchError earlier = status(503);
    error.addSuppressed(earlier);

    FetchError copy = error.withFacts(OTHERS);
    copy.addSuppressed(new IOException("broken"));
    copy.getSuppressed()[0].addSuppressed(new IOException("broken"));

    assertThat(copy.getSuppressed()).hasSize(2);
    assertThat(error.getSuppressed()).containsExactly(earlier);
    assertThat(earlier.getSuppressed()).isEmpty();
  }
}
