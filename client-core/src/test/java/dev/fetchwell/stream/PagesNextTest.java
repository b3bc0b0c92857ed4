package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the next page is. */
@Timeout(60)
class PagesNextTest {

  record Page(List<Integer> items, @Nullable String next) {}

  private final AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @CsvSource({
    "2, /api/list/2",
    "/other/2, /other/2",
    "../up, /api/up",
    "./2?a=b, /api/list/2?a=b",
    "?page=2, /api/list/1?page=2",
    "SERVER/abs?x=1, /abs?x=1",
    "//HOST/abs, /abs",
    "'/a b/{c}', /a%20b/%7Bc%7D",
    "/2#fragment, /2"
  })
  void urlIsRelativeToThePage(String next, String path) throws Exception {
    Script script =
        exchange -> {
          boolean first = exchange.request().path().startsWith("/api/list/1?q=");
          String there =
              next.replace("SERVER", "http://" + host(exchange.request()))
                  .replace("HOST", host(exchange.request()));
          exchange.respond(200, page("1", first ? there : null));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Pages<Page> pages =
          Pages.from(client.get(server.url("/api/list/1")).query("q", "x"), Page.class);
      assertThat(pages.next(Page::next).items(Page::items).toList())
          .succeedsWithin(Awaited.LIMIT)
          .isEqualTo(List.of(1, 1));
      assertThat(server.requests().get(1).path()).isEqualTo(path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void emptyUrlIsTheEnd(String next) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.json(page("1", next)))) {
      assertThat(items(server).toList()).succeedsWithin(Awaited.LIMIT).isEqualTo(List.of(1));
    }
  }

  @Test
  void urlIsRelativeToWhereARedirectLed() throws Exception {
    Script script =
        Script.inOrder(
            Scripts.redirect("/v2/list"),
            Scripts.json(page("1", "more")),
            Scripts.json(page("2", null)));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(items(server).toList()).succeedsWithin(Awaited.LIMIT).isEqualTo(List.of(1, 2));
      assertThat(server.requests().get(2).path()).isEqualTo("/v2/more");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://host/", "http://", "http://ho st/", "javascript:x", "http://h:99999/"})
  void invalidUrlIsAnErrorAfterTheItems(String next) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.json(page("1", next)))) {
      RecordedSignals<Integer> probe =
          RecordedSignals.on(items(server).publisher(), Long.MAX_VALUE);
      assertThat(probe.awaitError())
          .isInstanceOf(ConnectionError.class)
          .hasMessageContaining("page 1 leads to an invalid URL");
      assertThat(probe.items()).containsExactly(1);
    }
  }

  @Test
  void pageThatLeadsToItselfOrBackIsAnErrorAfterItsItems() throws Exception {
    String[][] chains = {{"/a"}, {"/b", "/a"}, {"/b", "/c", "/b"}, {"?", "/a?"}};
    for (String[] chain : chains) {
      Script[] scripts = new Script[chain.length];
      for (int i = 0; i < chain.length; i++) {
        scripts[i] = Scripts.json(page(String.valueOf(i), chain[i]));
      }
      try (ScriptedServer server = ScriptedServer.start(Script.inOrder(scripts))) {
        RecordedSignals<Integer> probe =
            RecordedSignals.on(items(server).publisher(), Long.MAX_VALUE);
        assertThat(probe.awaitError())
            .isInstanceOf(ConnectionError.class)
            .hasMessageContaining("page " + chain.length + " leads back to " + server.url(""));
        assertThat(probe.items()).hasSize(chain.length);
        assertThat(server.requests()).hasSize(chain.length);
      }
    }
  }

  @Test
  void redirectThatLeadsToThePageBeforeIsNoWayAround() throws Exception {
    Script script =
        exchange -> {
          if (exchange.request().path().equals("/a")) {
            exchange.respond(302, Map.of("Location", "/b"), "");
          } else {
            exchange.respond(200, page("1", "/a"));
          }
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(Awaited.error(items(server).toList())).hasMessageContaining("leads back to");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void urlInAnErrorIsRedacted() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.json(page("1", "?token=secret")))) {
      assertThat(Awaited.error(items(server).toList()))
          .hasMessageContaining("/a?token=***")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void linkHeaderLeadsOn() throws Exception {
    Script script =
        exchange -> {
          int number = Integer.parseInt(exchange.request().path().substring(1));
          String links = "</0>; rel=\"first, x\", <" + (number + 1) + ">; title=\"a, b\"; rel=next";
          Map<String, String> headers = number == 2 ? Map.of() : Map.of("lINK", links);
          exchange.respond(200, headers, "[" + number + "]");
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      TypeRef<List<Integer>> list = new TypeRef<>() {};
      assertThat(
              Pages.from(client.get(server.url("/0")), list)
                  .linkHeader()
                  .items(items -> items)
                  .toList())
          .succeedsWithin(Awaited.LIMIT)
          .isEqualTo(List.of(0, 1, 2));
    }
  }

  @Test
  void nextRequestMayCarryTheCursorAnywhere() throws Exception {
    Script script =
        Script.inOrder(
            Scripts.json(page("1", "c1")),
            Scripts.json(page("2", "c2")),
            Scripts.json(page("3", null)));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      String url = server.url("/list");
      assertThat(
              Pages.from(client.get(url).query("size", 1), Page.class)
                  .nextRequest(
                      (page, spec) ->
                          page.next() == null
                              ? null
                              : spec.at(url).query("size", 1).query("cursor", page.next()))
                  .items(Page::items)
                  .toList())
          .succeedsWithin(Awaited.LIMIT)
          .isEqualTo(List.of(1, 2, 3));
      assertThat(server.requests().get(2).path()).isEqualTo("/list?size=1&cursor=c2");
    }
    for (boolean inBody : new boolean[] {false, true}) {
      Script again = Script.inOrder(Scripts.json(page("1", "c1")), Scripts.json(page("2", null)));
      try (ScriptedServer server = ScriptedServer.start(again)) {
        assertThat(
                Pages.from(
                        inBody
                            ? client.post(server.url("/")).json("c0")
                            : client.get(server.url("/")),
                        Page.class)
                    .nextRequest(
                        (page, spec) ->
                            page.next() == null
                                ? null
                                : inBody ? spec.json(page.next()) : spec.header("Cursor", "c1"))
                    .items(Page::items)
                    .toList())
            .succeedsWithin(Awaited.LIMIT)
            .isEqualTo(List.of(1, 2));
      }
    }
  }

  @Test
  void secretsStayWithTheirOrigin() throws Exception {
    try (ScriptedServer other = ScriptedServer.start(Scripts.json(page("2", null)));
        ScriptedServer server =
            ScriptedServer.start(
                Script.inOrder(
                    Scripts.json(page("0", "/same")), Scripts.json(page("1", other.url("/p")))))) {
      try (AsyncHttpClient secretive =
          AsyncHttpClient.builder()
              .baseUrl(server.url("/"))
              .secretHeader("X-Client-Key", "k1")
              .build()) {
        assertThat(
                Pages.from(
                        secretive
                            .get("/a")
                            .bearer("t")
                            .secretHeader("X-Own", "k2")
                            .header("X-A", "1"),
                        Page.class)
                    .next(Page::next)
                    .items(Page::items)
                    .toList())
            .succeedsWithin(Awaited.LIMIT)
            .isEqualTo(List.of(0, 1, 2));
      }
      ReceivedRequest same = server.requests().get(1);
      assertThat(same.header("Authorization")).isEqualTo("Bearer t");
      assertThat(same.header("X-Own")).isEqualTo("k2");
      assertThat(same.header("X-Client-Key")).isEqualTo("k1");
      ReceivedRequest elsewhere = other.requests().get(0);
      assertThat(elsewhere.header("Authorization")).isNull();
      assertThat(elsewhere.header("X-Own")).isNull();
      assertThat(elsewhere.header("X-Client-Key")).isNull();
      assertThat(elsewhere.header("X-A")).isEqualTo("1");
    }
  }

  @Test
  void foreignPageThatLeadsBackDoesNotRegainTheSecrets() throws Exception {
    ScriptedServer[] servers = new ScriptedServer[2];
    Script home =
        exchange -> {
          String path = exchange.request().path();
          Script answer =
              switch (path) {
                case "/a" -> Scripts.json(page("0", servers[1].url("/page")));
                case "/redirected" -> Scripts.redirect(servers[1].url("/page"));
                default -> Scripts.json(page("2", null));
              };
          answer.handle(exchange);
        };
    Script foreign = exchange -> exchange.respond(200, page("1", servers[0].url("/back")));
    try (ScriptedServer first = ScriptedServer.start(home);
        ScriptedServer other = ScriptedServer.start(foreign)) {
      servers[0] = first;
      servers[1] = other;
      try (AsyncHttpClient secretive =
          AsyncHttpClient.builder()
              .baseUrl(first.url("/"))
              .secretHeader("X-Client-Key", "k1")
              .build()) {
        for (String start : List.of("/a", "/redirected")) {
          assertThat(
                  Pages.from(secretive.get(start).bearer("t"), Page.class)
                      .next(Page::next)
                      .items(Page::items)
                      .toList())
              .succeedsWithin(Duration.ofSeconds(20));
        }
      }
      assertThat(first.requests())
          .hasSize(4)
          .allSatisfy(
              request -> {
                boolean asked = !request.path().equals("/back");
                assertThat(request.headers("X-Client-Key")).hasSize(asked ? 1 : 0);
                assertThat(request.headers("Authorization")).hasSize(asked ? 1 : 0);
              });
    }
  }

  private static String host(ReceivedRequest request) {
    return String.valueOf(request.header("Host"));
  }

  private static String page(String items, @Nullable String next) {
    String shown = next == null ? "null" : "\"" + next + "\"";
    return "{\"items\":[" + items + "],\"next\":" + shown + "}";
  }

  private PageItems<Integer> items(ScriptedServer server) {
    return Pages.from(client.get(server.url("/a")), Page.class).next(Page::next).items(Page::items);
  }
}
