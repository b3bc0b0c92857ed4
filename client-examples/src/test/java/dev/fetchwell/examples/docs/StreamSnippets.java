package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.PageItems;
import dev.fetchwell.stream.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Java blocks of docs/streaming.md, which {@link StreamSnippetsTest} runs. */
final class StreamSnippets {

  record Row(int id) {}

  record User(int id, String name) {}

  record UserPage(List<User> users, @Nullable String next, @Nullable String cursor) {}

  private StreamSnippets() {}

  static void stream(AsyncHttpClient client, OutputStream target) throws IOException {
    // region: stream
    try (StreamedResponse response = client.get("/export").asStream().join();
        InputStream body = response.inputStream()) {
      body.transferTo(target);
    }
    // endregion
  }

  static CompletableFuture<Long> lines(AsyncHttpClient client, Consumer<String> index) {
    // region: lines
    CompletableFuture<Long> count =
        Lines.from(client.get("/log").idleTimeout(Duration.ofMinutes(5)))
            .forEach(line -> index.accept(line));
    // endregion
    return count;
  }

  static CompletableFuture<Long> rows(
      AsyncHttpClient client, Function<Row, CompletableFuture<?>> save) {
    // region: ndjson
    CompletableFuture<Long> count =
        NdJson.from(client.get("/rows"), Row.class).forEachAsync(row -> save.apply(row));
    // endregion
    return count;
  }

  static CompletableFuture<Long> events(
      AsyncHttpClient client, String lastSeen, Function<String, CompletableFuture<?>> handle) {
    // region: events
    CompletableFuture<Long> feed =
        EventStream.from(client.get("/events"))
            .lastEventId(lastSeen)
            .maxFailures(20)
            .forEachAsync(event -> handle.apply(event.lastEventId() + " " + event.data()));
    // endregion
    return feed;
  }

  static CompletableFuture<Long> chat(
      AsyncHttpClient client, Object question, Consumer<String> print) {
    // region: chat
    CompletableFuture<Long> answer =
        EventStream.from(client.post("/chat").json(question))
            .until(event -> event.data().equals("[DONE]"))
            .forEach(event -> print.accept(event.data()));
    // endregion
    return answer;
  }

  static CompletableFuture<List<User>> pages(AsyncHttpClient client) {
    // region: pages
    PageItems<User> users =
        Pages.from(client.get("/pages/1"), UserPage.class)
            .next(UserPage::next)
            .maxPages(1_000)
            .items(UserPage::users);

    CompletableFuture<List<User>> all = users.toList();
    // endregion
    return all;
  }

  static List<String> links(AsyncHttpClient client) {
    // region: links
    PageItems<User> users =
        Pages.from(client.get("/users").query("size", 100), new TypeRef<List<User>>() {})
            .linkHeader()
            .items(page -> page);

    try (Stream<User> stream = users.stream()) {
      return stream.map(User::name).distinct().limit(3).toList();
    }
    // endregion
  }

  static CompletableFuture<List<User>> cursor(AsyncHttpClient client) {
    // region: cursor
    PageItems<User> users =
        Pages.from(client.get("/cursor"), UserPage.class)
            .nextRequest(
                (page, request) ->
                    page.cursor() == null
                        ? null
                        : request.at("/cursor").query("after", page.cursor()))
            .items(UserPage::users);
    // endregion
    return users.toList();
  }

  static CompletableFuture<Path> download(AsyncHttpClient client, String sha256, Path target) {
    // region: download
    CompletableFuture<Path> file =
        Download.from(client.get("/big?bytes=5000000"))
            .resume(true)
            .sha256(sha256)
            .onProgress((done, total) -> System.out.println(done + " of " + total))
            .to(target);
    // endregion
    return file;
  }
}
