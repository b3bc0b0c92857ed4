package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.internal.okhttp.WireSettings;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.EventStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/configuration.md names every knob, and its defaults are the code's. */
class ConfigurationDocTest {

  private static final Pattern KNOB =
      Pattern.compile("(?m)^\\*\\*`([A-Za-z]+)\\([^`]*\\)`\\*\\*.*?(?:Default: `([^`]+)`.*)?$");

  private static final List<String> NO_KNOBS =
      List.of("build", "equals", "hashCode", "toString", "delay");

  private final String page = Markdown.page("docs/configuration.md");

  ConfigurationDocTest() throws IOException {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        AsyncHttpClient.Builder.class,
        RequestSpec.class,
        RetryPolicy.Builder.class,
        Backoff.class,
        RetryBudget.class,
        EventStream.class,
        ReconnectingWebSocket.Builder.class
      })
  void everyKnobIsNamed(Class<?> type) {
    String section = section(type.getName().replaceFirst(".*\\.", "").replace('$', '.'));
    for (Method method : type.getMethods()) {
      boolean own = method.getDeclaringClass() == type;
      boolean accessor =
          type.isRecord() && !java.lang.reflect.Modifier.isStatic(method.getModifiers());
      if (own && !accessor && !NO_KNOBS.contains(method.getName())) {
        assertThat(section).contains("`" + method.getName() + "(");
      }
    }
  }

  @Test
  void everyKnobThatIsNamedExists() {
    List<String> methods =
        List.of(
                AsyncHttpClient.Builder.class,
                RequestSpec.class,
                RetryPolicy.Builder.class,
                Backoff.class,
                RetryBudget.class,
                EventStream.class,
                ReconnectingWebSocket.Builder.class)
            .stream()
            .flatMap(type -> Arrays.stream(type.getMethods()))
            .map(Method::getName)
            .toList();
    assertThat(KNOB.matcher(page).results().map(knob -> knob.group(1)).toList())
        .hasSizeGreaterThan(50)
        .allMatch(methods::contains);
  }

  @Test
  void documentedDefaultsAreTheCodes() {
    CallOptions options = CallOptions.standard();
    assertThat(documented("AsyncHttpClient.Builder", "timeout"))
        .isEqualTo(shown(options.timeout()));
    assertThat(documented("AsyncHttpClient.Builder", "attemptTimeout"))
        .isEqualTo(shown(options.attemptTimeout()));
    assertThat(documented("AsyncHttpClient.Builder", "connectTimeout"))
        .isEqualTo(shown(options.connectTimeout()));
    assertThat(documented("AsyncHttpClient.Builder", "idleTimeout"))
        .isEqualTo(shown(options.idleTimeout()));
    assertThat(options.queueTimeout()).isNull();
    assertThat(documented("AsyncHttpClient.Builder", "queueTimeout")).isEqualTo("none");
    assertThat(documented("RequestSpec", "followRedirects"))
        .isEqualTo(String.valueOf(options.followsRedirects()));

    assertThat(documented("AsyncHttpClient.Builder", "maxConnecting"))
        .isEqualTo(shown(WireSettings.standard().maxConnecting()));

    PermitLimits limits = PermitLimits.standard();
    assertThat(documented("AsyncHttpClient.Builder", "maxConcurrency"))
        .isEqualTo(shown(limits.maxConcurrency()));
    assertThat(documented("AsyncHttpClient.Builder", "maxConcurrencyPerHost"))
        .isEqualTo(shown(limits.maxConcurrencyPerHost()));
    assertThat(documented("AsyncHttpClient.Builder", "maxQueued"))
        .isEqualTo(shown(limits.maxQueued()));
    assertThat(documented("AsyncHttpClient.Builder", "maxQueuedPerHost"))
        .isEqualTo(shown(limits.maxQueuedPerHost()));
  }

  @Test
  void documentedRetryDefaultsAreTheCodes() {
    RetryPolicy policy = RetryPolicy.standard();
    assertThat(documented("RetryPolicy.Builder", "maxAttempts"))
        .isEqualTo(shown(policy.maxAttempts()));
    assertThat(policy.backoff())
        .isEqualTo(
            Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)).withFullJitter());
    assertThat(documented("RetryPolicy.Builder", "backoff"))
        .isEqualTo("exponential from 100 ms to 10 s, full jitter");
    assertThat(documented("RetryPolicy.Builder", "respectRetryAfter"))
        .isEqualTo(shown(policy.retryAfterCap()));
    assertThat(documented("RetryPolicy.Builder", "retryNonIdempotent"))
        .isEqualTo(String.valueOf(policy.retriesNonIdempotent()));
    assertThat(documented("RetryPolicy.Builder", "budget")).isEqualTo("RetryBudget.standard()");
    assertThat(policy.budget()).isEqualTo(RetryBudget.standard());
    RetryBudget budget = RetryBudget.standard();
    assertThat(section("RetryBudget"))
        .contains(
            "`of("
                + budget.perSuccess()
                + ", "
                + shown((int) budget.perSecond())
                + ", "
                + budget.capacity()
                + ")`");
  }

  @Test
  void documentedStatusesAreTheCodes() {
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      RetryPolicy fast = RetryPolicy.builder().backoff(Backoff.fixed(Duration.ZERO)).build();
      String retried =
          String.join(
              ", ",
              IntStream.rangeClosed(400, 599)
                  .filter(status -> attempts(client, "/status/" + status, fast) == 3)
                  .mapToObj(String::valueOf)
                  .toList());
      assertThat(documented("RetryPolicy.Builder", "retryOnStatus")).isEqualTo(retried);
    }
  }

  @Test
  void documentedSizeAndAgentAreWhatTheWireSees() {
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      FetchError error = errorOf(client.get("/big?bytes=20000000"));
      assertThat(error).isInstanceOf(BodyTooLargeError.class);
      assertThat(documented("AsyncHttpClient.Builder", "maxResponseBytes"))
          .isEqualTo(((BodyTooLargeError) error).limit() / 1024 / 1024 + " MiB");
      assertThat(client.getJson("/echo").join().at("/headers/user-agent/0").asString())
          .isEqualTo(documented("AsyncHttpClient.Builder", "userAgent"));
    }
  }

  private static int attempts(AsyncHttpClient client, String path, RetryPolicy policy) {
    return client.get(path).retry(policy).asResponse().join().attempts();
  }

  private static FetchError errorOf(RequestSpec request) {
    return FetchError.of(request.asBytes().handle((body, thrown) -> thrown).join());
  }

  private String documented(String section, String knob) {
    List<MatchResult> found =
        KNOB.matcher(section(section))
            .results()
            .filter(result -> result.group(1).equals(knob))
            .toList();
    assertThat(found).as(section + "." + knob).hasSize(1);
    return found.get(0).group(2);
  }

  /** The page from the heading that names a type to the next heading. */
  private String section(String type) {
    int start = page.indexOf("## `" + type + "`");
    assertThat(start).as("section " + type).isNotNegative();
    int end = page.indexOf("\n## ", start);
    return page.substring(start, end < 0 ? page.length() : end);
  }

  private static String shown(Duration time) {
    return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  private static String shown(int number) {
    return String.format(java.util.Locale.ROOT, "%,d", number);
  }
}
