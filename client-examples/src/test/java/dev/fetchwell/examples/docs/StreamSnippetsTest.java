package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.demo.DemoExchange;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.docs.StreamSnippets.User;
import dev.fetchwell.examples.docs.StreamSnippets.UserPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/streaming.md shows works. */
@Timeout(30)
class StreamSnippetsTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final DemoServer server = DemoServer.start();
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().baseUrl(server.baseUrl()).build();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void addRoutes() {
    AtomicInteger connections = new AtomicInteger();
    server
        .routes()
        .add("/export", exchange -> exchange.text(200, "text/csv", "a,b\n"))
        .add("/log", exchange -> exchange.text(200, "text/plain", "one\ntwo"))
        .add(
            "/chat",
            exchange -> exchange.text(200, "text/event-stream", "data: hi\n\ndata: [DONE]\n\n"))
        .add("/rows", exchange -> exchange.text(200, "text/plain", "{\"id\":1}\n\n{\"id\":2}\n"))
        .add("/pages/{number}", StreamSnippetsTest::page)
        .add("/cursor", StreamSnippetsTest::cursor)
        .add(
            "/events",
            exchange -> {
              if (connections.incrementAndGet() == 1) {
                exchange.text(200, "text/event-stream", "retry: 1\nid: 8\ndata: hello\n\n");
              } else {
                exchange.empty(204);
              }
            });
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void bodiesComePieceByPiece() throws IOException {
    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    StreamSnippets.stream(client, exported);
    assertThat(exported).hasToString("a,b\n");
    assertThat(StreamSnippets.lines(client, heard::add)).succeedsWithin(SOON).isEqualTo(2L);
    assertThat(StreamSnippets.rows(client, row -> hear("row " + row.id()))).succeedsWithin(SOON);
    assertThat(StreamSnippets.events(client, "7", this::hear)).succeedsWithin(SOON).isEqualTo(1L);
    assertThat(StreamSnippets.chat(client, List.of(), heard::add)).succeedsWithin(SOON);
    assertThat(heard).containsExactly("one", "two", "row 1", "row 2", "8 hello", "hi");
  }

  @Test
  void pagesAreOneSequence() {
    assertThat(StreamSnippets.pages(client).join()).hasSize(3);
    assertThat(StreamSnippets.cursor(client).join()).hasSize(2);
    assertThat(StreamSnippets.links(client)).hasSize(3);
  }

  @Test
  void downloadIsCheckedAgainstItsSum(@TempDir Path folder) {
    CompletableFuture<Path> wrong =
        StreamSnippets.download(client, "0".repeat(64), folder.resolve("file"));
    assertThat(FetchError.of(wrong.handle((path, thrown) -> thrown).join()))
        .isInstanceOf(DecodeError.class);
    assertThat(folder).isEmptyDirectory();
  }

  private CompletableFuture<?> hear(String text) {
    heard.add(text);
    return CompletableFuture.completedFuture(text);
  }

  private static void page(DemoExchange exchange) throws IOException {
    int number = Integer.parseInt(exchange.variable("number"));
    String next = number == 3 ? null : String.valueOf(number + 1);
    exchange.json(200, new UserPage(List.of(new User(number, "Ada")), next, null));
  }

  private static void cursor(DemoExchange exchange) throws IOException {
    boolean first = exchange.request().number("after", -1) < 0;
    exchange.json(200, new UserPage(List.of(new User(1, "Ada")), null, first ? "20" : null));
  }
}
