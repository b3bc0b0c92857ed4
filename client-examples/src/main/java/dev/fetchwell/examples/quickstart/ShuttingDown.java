package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.examples.demo.DemoServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Shutdown waits for what runs, as long as it was told, and cancels the rest. */
public final class ShuttingDown implements Section {

  @Override
  public String title() {
    return "Shutting down";
  }

  @Override
  public void show(DemoServer server, Report report) {
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build();
    List<CompletableFuture<String>> quick =
        IntStream.range(0, 5).mapToObj(i -> client.getString("/slow?ms=200")).toList();
    CompletableFuture<String> endless = client.getString("/stalled");

    CompletableFuture<String> down =
        client.shutdown(Duration.ofSeconds(1)).thenApply(nothing -> "no call is left");
    report.error(
        ClientClosedError.class,
        "new calls are refused at once",
        () -> Errors.of(client.get("/users/7")),
        error -> error.attempts() == 0);
    report.call("client.shutdown(Duration.ofSeconds(1))", () -> down);
    report.claim(
        "the 5 calls that needed 200 ms got their answers",
        quick.stream().allMatch(call -> call.isDone() && !call.isCompletedExceptionally()));
    report.claimSoon("the one that would never end was cancelled", endless::isCancelled);
    report.claimSoon(
        "it was the last client, so no connection is open any longer",
        () -> client.stats().openConnections() == 0);
    client.close();
  }
}
