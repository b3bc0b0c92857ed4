package dev.fetchwell.surface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.BatchSummary;
import dev.fetchwell.batch.TaskGroup;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.RejectedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyAndLongSurfaceTest {

  @TempDir Path folder;

  /** One page of words. */
  record Page(@Nullable String next, List<String> words) {}

  @Test
  void batchesAndGroupsReadAsDocumented() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.json("\"word\""));
        AsyncHttpClient client = AsyncHttpClient.create()) {
      List<String> urls = List.of(server.url("/1"), server.url("/2"));
      Batch<String, String> batch =
          Batch.of(urls, client::getString).concurrency(32).onProgress((done, total) -> {});
      assertThat(batch.all().join()).containsExactly("\"word\"", "\"word\"");
      List<Outcome<String>> outcomes = batch.settled().join();
      assertThat(outcomes).allMatch(Outcome::isSuccess);
      assertThat(batch.first().join()).isEqualTo("\"word\"");
      BatchSummary summary = batch.forEach((item, outcome) -> {}).join();
      assertThat(summary.total()).isEqualTo(2);
      Flow.Publisher<Batch.Result<String, String>> results = batch.publisher();
      assertThat(results).isNotNull();
      assertThat(Batch.of(urls.iterator(), client::getString).all().join()).hasSize(2);
      try (TaskGroup group = TaskGroup.open()) {
        CompletableFuture<String> word =
            group.fork(() -> client.getJson(server.url("/3"), String.class));
        group.join();
        assertThat(word.join()).isEqualTo("word");
      }
    }
  }

  @Test
  void pagesLinesAndDownloadsReadAsDocumented() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(Scripts.json("{\"next\":null,\"words\":[\"a\",\"b\"]}"));
        AsyncHttpClient client = AsyncHttpClient.create()) {
      Pages<Page> pages =
          Pages.from(client.get(server.url("/")), Page.class).next(Page::next).maxPages(1000);
      assertThat(pages.items(Page::words).toList().join()).containsExactly("a", "b");
      try (Stream<String> words = pages.items(Page::words).stream()) {
        assertThat(words).containsExactly("a", "b");
      }
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      pages
          .items(Page::words)
          .forEachAsync(
              word -> {
                seen.add(word);
                return CompletableFuture.completedFuture(word);
              })
          .join();
      assertThat(seen).containsExactly("a", "b");
      assertThat(Pages.from(client.get("/"), Page.class).linkHeader()).isNotNull();
      assertThat(Pages.from(client.get("/"), Page.class).nextRequest((page, spec) -> null))
          .isNotNull();

      Lines.from(client.get(server.url("/"))).forEach(seen::add).join();
      assertThat(seen).hasSize(3);
      Flow.Publisher<Page> rows = NdJson.from(client.get(server.url("/")), Page.class).publisher();
      assertThat(rows).isNotNull();
      assertThat(EventStream.from(client.get(server.url("/"))).publisher()).isNotNull();

      Path file =
          Download.from(client.get(server.url("/")))
              .onProgress((done, total) -> {})
              .resume(true)
              .to(folder.resolve("page.json"))
              .join();
      assertThat(Files.readString(file)).startsWith("{\"next\"");
    }
  }

  @Test
  void errorsAreToldApartByTheirTypes() {
    FetchError error =
        FetchError.of(AsyncHttpClient.shared().getJson("no url").handle((v, e) -> e).join());
    assertThat(error).isNotNull();
    assertThat(kindOf(error)).isEqualTo("request");
  }

  private static String kindOf(@Nullable FetchError error) {
    if (error instanceof RateLimitedError limited) {
      return "limited " + limited.retryAfter() + limited.headers();
    } else if (error instanceof ClientStatusError || error instanceof ServerStatusError) {
      HttpStatusError failed = (HttpStatusError) error;
      return "status " + failed.status() + failed.body().length;
    } else if (error instanceof FetchTimeoutError late) {
      return "time " + late.phase();
    } else if (error instanceof ConnectionError broken) {
      return "wire " + broken.kind();
    } else if (error instanceof DecodeError wrong) {
      return "body " + wrong.type() + wrong.snippet();
    } else if (error instanceof BodyTooLargeError large) {
      return "large " + large.limit();
    } else if (error instanceof BulkheadFullError || error instanceof ClientClosedError) {
      return "rejected " + ((RejectedError) error).mayHaveBeenProcessed();
    }
    return error instanceof InvalidRequestError ? "request" : "other";
  }
}
