package dev.fetchwell.internal.pipeline.flight;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.steady;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlightKeyTest {

  private static final String URL = "https://api.example.com/users?key=hidden";
  private static final Header ACCEPT = new Header("Accept", "text/plain", false);
  private static final Header TOKEN = new Header("Authorization", "Bearer hidden", true);
  private static final FlightKey KEY = key(to(URL, "GET", ACCEPT, TOKEN), same -> same);

  static Stream<FetchRequest> differentRequests() {
    return Stream.of(
        to(URL, "HEAD", ACCEPT, TOKEN),
        to(URL + "2", "GET", ACCEPT, TOKEN),
        to("http://api.example.com/users?key=hidden", "GET", ACCEPT, TOKEN),
        to(URL, "GET", ACCEPT),
        to(URL, "GET", ACCEPT, TOKEN).ledAway(),
        to(URL, "GET", TOKEN, ACCEPT),
        to(URL, "GET", ACCEPT, ACCEPT, TOKEN),
        to(URL, "GET", new Header("Accept", "TEXT/plain", false), TOKEN),
        to(URL, "GET", ACCEPT, new Header("Authorization", "Bearer other", true)),
        to(URL, "GET", ACCEPT, new Header("Authorization", "Bearer hidden", false)));
  }

  @ParameterizedTest
  @MethodSource("differentRequests")
  void whatIsSentDifferentlyIsNotIdentical(FetchRequest request) {
    assertThat(key(request, same -> same)).isNotEqualTo(KEY);
  }

  static Stream<UnaryOperator<CallOptions>> differentOptions() {
    return Stream.of(
        options -> options.maxResponseBytes(1),
        options -> options.followRedirects(false),
        options -> options.attemptTimeout(Duration.ofSeconds(1)),
        options -> options.queueTimeout(Duration.ofSeconds(1)),
        options -> options.connectTimeout(Duration.ofSeconds(1)),
        options -> options.retry(RetryPolicy.none()),
        options -> options.hedge(HedgePolicy.after(Duration.ofSeconds(1))));
  }

  @ParameterizedTest
  @MethodSource("differentOptions")
  void whatGoesByOtherOptionsOnTheWireIsNotIdentical(UnaryOperator<CallOptions> change) {
    assertThat(key(to(URL, "GET", ACCEPT, TOKEN), change)).isNotEqualTo(KEY);
  }

  static Stream<UnaryOperator<CallOptions>> ownOptions() {
    return Stream.of(
        same -> same,
        options -> options.timeout(Duration.ofSeconds(20)).checked(),
        options -> options.timeout(Duration.ofSeconds(2)).checked(),
        options -> options.idleTimeout(Duration.ofSeconds(2)),
        options -> options.tag("users"));
  }

  @ParameterizedTest
  @MethodSource("ownOptions")
  void whatEachCallerHasForItselfDoesNotCount(UnaryOperator<CallOptions> change) {
    Header otherCase = new Header("ACCEPT", "text/plain", false);
    FlightKey other = key(to(URL, "GET", otherCase, TOKEN), change);

    assertThat(other).isEqualTo(KEY).hasSameHashCodeAs(KEY);
  }

  @Test
  void secretsWhoseHashesAreTheSameAreNotIdentical() {
    FlightKey one = key(to(URL, "GET", new Header("Authorization", "Aa", true)), same -> same);
    FlightKey other = key(to(URL, "GET", new Header("Authorization", "BB", true)), same -> same);

    assertThat(one).hasSameHashCodeAs(other).isNotEqualTo(other);
  }

  @Test
  void showsNoSecret() {
    assertThat(KEY.toString()).contains("api.example.com").doesNotContain("hidden");
  }

  private static FlightKey key(FetchRequest request, UnaryOperator<CallOptions> change) {
    return new FlightKey(request, change.apply(options(steady().build()).singleFlight(true)));
  }
}
