package dev.fetchwell.examples.boot;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * A Spring Boot application whose dependency management decides which Jackson there is. It calls
 * a server on loopback, prints what came, and fails if that is not what was sent.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class BootApplication {

  /** What it asks for. */
  public record User(String name, Instant since, Optional<Integer> age) {}

  /** Starts it; the process ends with another code than 0 if the runner throws. */
  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(BootApplication.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.run(args).close();
  }

  @Bean(destroyMethod = "close")
  AsyncHttpClient client() {
    return AsyncHttpClient.create();
  }

  @Bean
  CommandLineRunner calls(AsyncHttpClient client) {
    return args -> {
      try (MockWebServer server = new MockWebServer()) {
        server.start();
        String url = server.url("/users").toString();
        User ada = new User("Ada", Instant.parse("2020-01-01T00:00:00Z"), Optional.of(36));
        String json = "{\"name\":\"Ada\",\"since\":\"2020-01-01T00:00:00Z\",\"age\":36}";

        server.enqueue(new MockResponse.Builder().body(json).build());
        User got = client.postJson(url, ada, User.class).join();
        String sent = server.takeRequest().getBody().utf8();
        expect("decoded", ada, got);
        expect("encoded", true, sent.contains("\"since\":\"2020-01-01T00:00:00Z\""));

        server.enqueue(new MockResponse.Builder().body("{\"age\":\"x\"}").build());
        FetchError error = failure(client.getJson(url, User.class));
        expect("typed", true, error instanceof DecodeError);
        expect("path", true, error.getMessage().contains("$.age: a string where "));
        expect("Jackson", true, error.getCause().getClass().getName().startsWith(args[0]));

        server.enqueue(new MockResponse.Builder().body("{\"tree\":[1]}").build());
        boolean ofJackson3 = args[0].startsWith("tools.");
        expect("tree", ofJackson3 ? "{\"tree\":[1]}" : "refused", tree(client, url));

        String version = SpringBootVersion.getVersion();
        System.out.println("Spring Boot " + version + ", " + args[0] + ": " + got);
      }
    };
  }

  /** A tree is always Jackson 3's; without that the error says what to add. */
  private static String tree(AsyncHttpClient client, String url) {
    try {
      return client.getJson(url).join().toString();
    } catch (CompletionException thrown) {
      String todo = FetchError.of(thrown).getMessage();
      return todo.contains("jackson-annotations 2.21 or later") ? "refused" : todo;
    }
  }

  private static FetchError failure(CompletableFuture<?> call) {
    return FetchError.of(call.handle((value, thrown) -> thrown).join());
  }

  private static void expect(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new IllegalStateException(what + ": " + actual + " (expected: " + expected + ")");
    }
  }
}
