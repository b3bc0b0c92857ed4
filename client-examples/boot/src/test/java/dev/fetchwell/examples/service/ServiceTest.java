package dev.fetchwell.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@Timeout(120)
class ServiceTest {

  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void futureOfTheClientIsTheAnswer() throws Exception {
    try (UserServer users = new UserServer();
        ConfigurableApplicationContext service = start(users)) {
      HttpResponse<String> name = get(port(service), "/names/7").join();
      HttpResponse<String> nobody = get(port(service), "/names/9").join();

      assertThat(name.body()).isEqualTo("Ada");
      assertThat(nobody.statusCode()).isEqualTo(404);
      assertThat(nobody.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
  }

  @Test
  void actuatorShowsHealthAndTheClientsPermitsAndRetries() throws Exception {
    try (UserServer users = new UserServer();
        ConfigurableApplicationContext service = start(users)) {
      get(port(service), "/names/7").join();

      assertThat(get(port(service), "/actuator/health").join().body())
          .contains("\"status\":\"UP\"");
      assertThat(get(port(service), "/actuator/metrics").join().body())
          .contains("resilience4j.bulkhead.available.concurrent.calls", "resilience4j.retry.calls");
    }
  }

  @Test
  void actuatorShowsTheClientsCallsAsThoseOfSpringsOwnClients() throws Exception {
    try (UserServer users = new UserServer();
        ConfigurableApplicationContext service = start(users)) {
      get(port(service), "/names/7").join();

      String calls =
          "/actuator/metrics/http.client.requests?tag=client.name:users&tag=uri:/users/%7Bid%7D";
      assertThat(get(port(service), calls).join().body())
          .contains("\"name\":\"http.client.requests\"")
          .contains("{\"statistic\":\"COUNT\",\"value\":1.0}")
          .contains("\"outcome\"", "\"SUCCESS\"");
    }
  }

  /** The trap that application.properties avoids. */
  @Test
  void requestThatSpringGivesUpDoesNotCancelItsCall() throws Exception {
    try (UserServer users = new UserServer();
        ConfigurableApplicationContext service =
            start(users, "--spring.mvc.async.request-timeout=100ms")) {
      assertThat(get(port(service), "/names/8").join().statusCode()).isEqualTo(503);

      AsyncHttpClient client = service.getBean(AsyncHttpClient.class);
      assertThat(client.stats().inFlight()).isEqualTo(1);
      users.mayAnswer.countDown();
    }
  }

  @Test
  void endOfTheServiceLetsItsCallsEndAndThenClosesTheClient() throws Exception {
    try (UserServer users = new UserServer()) {
      ConfigurableApplicationContext service = start(users);
      AsyncHttpClient client = service.getBean(AsyncHttpClient.class);
      CompletableFuture<String> ofNoRequest = client.getString("/users/8");
      users.asked.await();

      CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);
      CompletableFuture<?> refused = refused(client);
      users.mayAnswer.countDown();

      assertThat(ofNoRequest.join()).contains("Grace");
      closing.join();
      assertThat(FetchError.of(refused.handle((value, thrown) -> thrown).join()))
          .isInstanceOf(ClientClosedError.class);
    }
  }

  @Test
  void answerIsDeliveredAlthoughSigtermCameBeforeIt() throws Exception {
    try (UserServer users = new UserServer()) {
      Process process = startProcess(users);
      try (BufferedReader log = process.inputReader()) {
        int port = Integer.parseInt(await(log, STARTED).group(1));
        CompletableFuture<HttpResponse<String>> name = get(port, "/names/8");
        users.asked.await();

        process.toHandle().destroy(); // The other one would close the log, too.
        await(log, Pattern.compile("Commencing graceful shutdown"));
        users.mayAnswer.countDown();

        assertThat(name.join().body()).isEqualTo("Grace");
        assertThat(log.lines()).anyMatch(line -> line.contains("Graceful shutdown complete"));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static ConfigurableApplicationContext start(UserServer users, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--server.port=0", "--users.url=" + users.url()));
    return SpringApplication.run(ServiceApplication.class, arguments.toArray(String[]::new));
  }

  private static int port(ConfigurableApplicationContext service) {
    return service.getEnvironment().getRequiredProperty("local.server.port", int.class);
  }

  private static Process startProcess(UserServer users) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ServiceApplication.class.getName(),
            "--server.port=0",
            "--logging.level.root=info",
            "--users.url=" + users.url())
        .redirectErrorStream(true)
        .start();
  }

  private CompletableFuture<HttpResponse<String>> get(int port, String path) {
    URI url = URI.create("http://localhost:" + port + path);
    return http.sendAsync(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
  }

  /** A call that came after the client took no more; those before it are of no interest. */
  private static CompletableFuture<?> refused(AsyncHttpClient client) {
    CompletableFuture<?> call = client.getString("/users/7");
    while (call.handle((value, thrown) -> thrown == null).join()) {
      call = client.getString("/users/7");
    }
    return call;
  }

  private static Matcher await(BufferedReader log, Pattern pattern) throws Exception {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    throw new AssertionError("the process ended before it printed " + pattern);
  }
}
