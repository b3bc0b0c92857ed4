package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Await;
import dev.fetchwell.Outcome;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.RejectedError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/**
 * The Java blocks of README.md and docs: each region is shown there word for word, which {@link
 * DocsTest} checks, and runs in {@link DocsSnippetsTest}.
 */
final class DocsSnippets {

  record User(int id, String name, String email) {}

  record Order(int id, int userId, String article, int cents) {}

  record Profile(User user, List<Order> orders) {}

  private DocsSnippets() {}

  static CompletableFuture<Profile> readme(String apiUrl) {
    // region: readme
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).build(); // make one, keep it

    CompletableFuture<User> user = client.getJson("/users/7", User.class);
    CompletableFuture<List<Order>> orders =
        client
            .get("/users/{id}/orders", 7)
            .query("state", "open")
            .timeout(Duration.ofSeconds(2))
            .asJson(new TypeRef<List<Order>>() {});

    CompletableFuture<Profile> profile = user.thenCombine(orders, Profile::new);
    // endregion
    return profile.whenComplete((done, thrown) -> client.close());
  }

  static AsyncHttpClient configured(String apiUrl, String token) {
    // region: client
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .secretHeader("Authorization", "Bearer " + token)
            .userAgent("shop/2.1 (ops@example.com)")
            .timeout(Duration.ofSeconds(10))
            .attemptTimeout(Duration.ofSeconds(3))
            .maxConcurrency(128)
            .maxConcurrencyPerHost(32)
            .maxQueued(1_000)
            .build();
    // endregion
    return client;
  }

  static CompletableFuture<User> oneRequest(AsyncHttpClient client, User user) {
    // region: request
    CompletableFuture<User> created =
        client
            .post("/users")
            .query("notify", true)
            .json(user)
            .idempotencyKey()
            .attemptTimeout(Duration.ofSeconds(2))
            .tag("create-user")
            .asJson(User.class);
    // endregion
    return created;
  }

  static AsyncHttpClient copy(AsyncHttpClient client) {
    // region: copy
    AsyncHttpClient patient = client.toBuilder().timeout(Duration.ofMinutes(5)).build();
    // endregion
    return patient;
  }

  static AsyncHttpClient own(OkHttpClient ours) {
    // region: okhttp
    AsyncHttpClient client = AsyncHttpClient.builder().okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient listened(Consumer<String> log) {
    // region: listener
    CallListener slow =
        new CallListener() {
          @Override
          public void callEnded(CallEnded event) {
            if (event.elapsed().toMillis() >= 500) {
              log.accept(event.call() + " took " + event.elapsed());
            }
          }
        };
    AsyncHttpClient client = AsyncHttpClient.builder().listener(slow).build();
    // endregion
    return client;
  }

  static RequestSpec policy(AsyncHttpClient client) {
    // region: policy
    RetryPolicy gentle =
        RetryPolicy.builder()
            .maxAttempts(5)
            .backoff(Backoff.exponential(Duration.ofMillis(200), Duration.ofSeconds(5)))
            .retryOnStatus(429, 503)
            .respectRetryAfter(Duration.ofSeconds(20))
            .budget(RetryBudget.of(0.1, 1, 20))
            .build();

    RequestSpec report = client.get("/users/7").retry(gentle);
    RequestSpec probe = client.get("/users/7").noRetry();
    // endregion
    probe.asVoid().join();
    return report;
  }

  static RetryPolicy condition() {
    // region: condition
    RetryPolicy policy =
        RetryPolicy.builder()
            .retryIf(
                error ->
                    error instanceof ConnectionError broken
                        && broken.kind() == ConnectionError.Kind.CONNECT)
            .build();
    // endregion
    return policy;
  }

  static CompletableFuture<String> key(AsyncHttpClient client, Order order) {
    // region: key
    CompletableFuture<String> paid =
        client.post("/users").json(order).idempotencyKey("order-" + order.id()).asString();
    // endregion
    return paid;
  }

  static String handled(CompletableFuture<User> call) {
    // region: handle
    CompletableFuture<String> text =
        call.handle(
            (user, thrown) -> {
              if (thrown == null) {
                return "hello " + user.name();
              }
              FetchError error = FetchError.of(thrown); // null if it was cancelled
              if (error instanceof RateLimitedError limited) {
                return "try again in " + limited.retryAfter().orElse(Duration.ofMinutes(1));
              } else if (error instanceof HttpStatusError failed && failed.status() == 404) {
                return "no such user";
              } else if (error instanceof FetchTimeoutError) {
                return "the service is slow today";
              }
              return "something is wrong: " + thrown;
            });
    // endregion
    return text.join();
  }

  static CompletableFuture<String> outcome(AsyncHttpClient client) {
    // region: outcome
    CompletableFuture<String> name =
        client
            .get("/users/7")
            .asOutcome(User.class)
            .thenApply(
                outcome ->
                    outcome instanceof Outcome.Success<User> success
                        ? success.value().name()
                        : "nobody");
    // endregion
    return name;
  }

  static CompletableFuture<Outcome<String>> outcomeOf(AsyncHttpClient client) {
    // region: outcome-of
    CompletableFuture<Outcome<String>> page = Outcome.of(client.getString("/users/7"));
    // endregion
    return page;
  }

  static User await(AsyncHttpClient client) {
    // region: await
    User user = Await.result(client.getJson("/users/7", User.class));
    // endregion
    return user;
  }

  static boolean safe(FetchError error) {
    // region: safe
    boolean safeToSendAgain = error instanceof RejectedError || !error.mayHaveBeenProcessed();
    // endregion
    return safeToSendAgain;
  }

  static AsyncHttpClient executor(Executor applicationThreads) {
    // region: executor
    AsyncHttpClient client = AsyncHttpClient.builder().executor(applicationThreads).build();
    // endregion
    return client;
  }

  static CompletableFuture<String> cancel(AsyncHttpClient client) {
    // region: cancel
    CompletableFuture<String> call = client.getString("/slow");
    CompletableFuture<String> shouted = call.thenApply(text -> text + "!");
    shouted.cancel(false); // and so the call, as nobody else wants it
    // endregion
    return call;
  }

  static CompletableFuture<Void> shutdown(AsyncHttpClient client) {
    // region: shutdown
    CompletableFuture<Void> down = client.shutdown(Duration.ofSeconds(5));
    // endregion
    return down;
  }

  static RequestSpec secrets(AsyncHttpClient client, String token, String partnerKey) {
    // region: secrets
    RequestSpec request =
        client.get("/users/7").bearer(token).secretHeader("X-Partner", partnerKey);
    // endregion
    return request;
  }
}
