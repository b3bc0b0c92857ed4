package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.TokenError;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * A program that logs in by OAuth2 client credentials: one login for many calls, a new one before
 * the token expires, and once where a server does not take it any longer.
 */
@Command(
    name = "OAuthLogin",
    mixinStandardHelpOptions = true,
    description = "Logs in by OAuth2 client credentials, once for all calls, and renews the token.")
public final class OAuthLogin implements Callable<Integer> {

  private static final String SECRET = "FETCHWELL_CLIENT_SECRET";
  private static final int CALLS = 100;

  @Option(names = "--url", description = "A page that needs a token. Default: a demo server.")
  private @Nullable String url;

  @Option(names = "--token-url", description = "Where tokens are had, for --url.")
  private String tokenUrl = "";

  @Option(
      names = "--id",
      description = "Who logs in there; the secret is in the environment, " + SECRET + ".")
  private String id = "";

  private final PrintStream out;

  OAuthLogin(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new OAuthLogin(System.out), args);
  }

  @Override
  public Integer call() {
    if (url == null) {
      return demo();
    }
    String secret = System.getenv(SECRET);
    try (AsyncHttpClient login = Recorded.client();
        AsyncHttpClient client =
            Recorded.builder()
                .bearer(source(login, tokenUrl, id, secret == null ? "" : secret))
                .build()) {
      out.println(client.getString(url).join());
      return 0;
    }
  }

  /** A client of its own logs in: the other one's calls wait for that. */
  private static TokenSource source(
      AsyncHttpClient login, String tokenUrl, String id, String secret) {
    // To ask twice for a token does no harm.
    RetryPolicy retry = RetryPolicy.builder().retryNonIdempotent(true).build();
    return TokenSource.of(
        () ->
            login
                .post(tokenUrl)
                .basicAuth(id, secret)
                .form(Map.of("grant_type", "client_credentials"))
                .retry(retry)
                .asJson()
                .thenApply(OAuthLogin::token));
  }

  private static Token token(JsonNode answer) {
    long seconds = answer.path("expires_in").asLong(300);
    return new Token(answer.path("access_token").asString(""), Instant.now().plusSeconds(seconds));
  }

  private int demo() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient login = Recorded.client()) {
      shareAndRenew(report, server, login);
      expire(report, server, login);
      failToLogIn(report, server, login);
    }
    return report.end() ? 0 : 1;
  }

  private static AsyncHttpClient client(
      DemoServer server, AsyncHttpClient login, String tokenPath, String secret) {
    return Recorded.builder()
        .baseUrl(server.baseUrl())
        .bearer(source(login, server.url(tokenPath), "demo", secret))
        .build();
  }

  private static void shareAndRenew(Report report, DemoServer server, AsyncHttpClient login) {
    try (AsyncHttpClient client = client(server, login, "/token", "secret")) {
      List<JsonNode> first = manyCalls(client);
      report.claim(
          CALLS + " calls at once shared one login",
          first.size() == CALLS && server.requests("/token") == 1);

      login.post(server.url("/token/revoke")).asVoid().join();
      List<JsonNode> second = manyCalls(client);
      int refused = second.stream().mapToInt(each -> each.path("refused").asInt()).max().orElse(0);
      int accepted =
          second.stream().mapToInt(each -> each.path("accepted").asInt()).max().orElse(0);
      report.claim(
          "the token was revoked: "
              + refused
              + " POSTs were refused and sent again after one more login",
          refused >= 1 && refused <= CALLS && server.requests("/token") == 2);
      report.claim("each POST was processed once", accepted == 2 * CALLS);
    }
  }

  private static List<JsonNode> manyCalls(AsyncHttpClient client) {
    return Batch.of(
            IntStream.range(0, CALLS).boxed().toList(),
            number -> client.post("/private").json(Map.of("number", number)).asJson())
        .concurrency(20)
        .all()
        .join();
  }

  /** A token of two seconds is renewed in its second one, while calls go on with it. */
  private static void expire(Report report, DemoServer server, AsyncHttpClient login) {
    int loginsBefore = server.requests("/token");
    try (AsyncHttpClient client = client(server, login, "/token?seconds=2", "secret")) {
      int refusedBefore = call(client).path("refused").asInt();
      int refused = refusedBefore;
      for (int i = 0; i < 20; i++) {
        pause(Duration.ofMillis(200));
        refused = call(client).path("refused").asInt();
      }
      int logins = server.requests("/token") - loginsBefore;
      report.claim(
          "four seconds of calls used " + logins + " tokens of two seconds, none of them too late",
          logins >= 3 && refused == refusedBefore);
    }
  }

  private static JsonNode call(AsyncHttpClient client) {
    return client.getJson("/private").join();
  }

  private static void failToLogIn(Report report, DemoServer server, AsyncHttpClient login) {
    int before = server.requests("/private");
    try (AsyncHttpClient client = client(server, login, "/token", "wrong")) {
      report.error(
          TokenError.class,
          "the login is refused, which says so and nothing of the secret",
          () -> errorOf(client.getString("/private")),
          error ->
              FetchError.of(error.getCause()) instanceof ClientStatusError refused
                  && refused.status() == 401
                  && !String.valueOf(error.getMessage()).contains("wrong"));
      report.claim("and nothing else was sent", server.requests("/private") == before);
    }
  }

  private static @Nullable FetchError errorOf(CompletableFuture<?> call) {
    return call.handle((value, thrown) -> FetchError.of(thrown)).join();
  }

  private static void pause(Duration duration) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    over.completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS).join();
  }
}
