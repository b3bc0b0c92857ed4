package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PagesTest {

  record Page(List<Integer> items, @Nullable String next) {}

  private final AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  /** Ten pages with three items each: /p/0 has 0, 1, 2 and leads to 1. */
  private static void tenPages(Exchange exchange) throws Exception {
    int number = number(exchange.request());
    String next = number == 9 ? "null" : "\"" + (number + 1) + "\"";
    int first = number * 3;
    json(exchange, "[" + first + "," + (first + 1) + "," + (first + 2) + "]", next);
  }

  private static int number(ReceivedRequest request) {
    return Integer.parseInt(request.path().replaceAll("\\D", ""));
  }

  private static void json(Exchange exchange, String items, String next) throws Exception {
    exchange.respond(200, "{\"items\":" + items + ",\"next\":" + next + "}");
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @Test
  void itemsOfAllPagesComeInOrderByEachTerminal() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      PageItems<Integer> items = items(server);
      assertThat(items.toList()).succeedsWithin(Awaited.LIMIT).isEqualTo(upTo(30));
      assertThat(RecordedSignals.on(items.publisher(), Long.MAX_VALUE).awaitAll())
          .isEqualTo(upTo(30));
      try (Stream<Integer> stream = items.stream()) {
        assertThat(stream.toList()).isEqualTo(upTo(30));
      }
      List<Integer> heard = new ArrayList<>();
      CompletableFuture<Long> done = items.forEach(heard::add);
      assertThat(done).succeedsWithin(Awaited.LIMIT).isEqualTo(30L);
      assertThat(heard).isEqualTo(upTo(30));
      assertThat(server.requests()).hasSize(40);
    }
  }

  @Test
  void onePageIsFetchedAheadAndNoMore() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      RecordedSignals<Integer> probe = RecordedSignals.on(items(server).publisher(), 0);
      assertThat(server.requests()).isEmpty();
      for (int asked = 1; asked <= 7; asked++) {
        probe.request(1);
        probe.awaitItems(asked);
        int page = (asked - 1) / 3;
        server.awaitRequests(page + 2);
        assertThat(server.requests()).hasSize(page + 2);
      }
      probe.cancel();
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
      assertThat(server.requests()).hasSize(4);
      assertThat(probe.items()).isEqualTo(upTo(7));
    }
  }

  @Test
  void handlersFutureIsWaitedForBeforeTheNextItem() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      List<CompletableFuture<Object>> handling = new CopyOnWriteArrayList<>();
      CompletableFuture<Long> done =
          items(server)
              .forEachAsync(
                  item -> {
                    handling.add(new CompletableFuture<>());
                    return handling.get(item);
                  });
      for (int item = 0; item < 4; item++) {
        int count = item + 1;
        Eventually.holds(() -> handling.size() == count, "so many in hand");
        assertThat(done).isNotDone();
        handling.get(item).complete("handled");
      }
      Eventually.holds(() -> handling.size() == 5, "five in hand");
      // The page ahead is on its way; cancelling sooner might keep it from the wire.
      server.awaitRequests(3);
      done.cancel(false);
      Eventually.holds(() -> handling.get(4).isCancelled(), "the last one cancelled");
      assertThat(handling).hasSize(5);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void failingHandlerStopsTheFetching() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      CompletableFuture<Long> done =
          items(server)
              .forEachAsync(item -> CompletableFuture.failedFuture(new RuntimeException("no")));
      assertThat(Awaited.error(done)).isInstanceOf(UnexpectedError.class).hasRootCauseMessage("no");
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
      assertThat(server.requests()).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void closedStreamFetchesNoMoreAndGivesUpThePageAhead() throws Exception {
    Script second =
        exchange -> {
          if (number(exchange.request()) == 0) {
            tenPages(exchange);
          } else {
            exchange.stall();
          }
        };
    try (ScriptedServer server = ScriptedServer.start(second)) {
      try (Stream<Integer> stream = items(server).stream()) {
        Iterator<Integer> iterator = stream.iterator();
        assertThat(iterator.next()).isZero();
        server.awaitRequests(2);
        assertThat(client.stats().inFlight()).isEqualTo(1);
      }
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void cancelledListGivesUpThePage() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall())) {
      CompletableFuture<List<Integer>> list = items(server).toList();
      server.awaitRequests(1);
      list.cancel(false);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(Awaited.error(list)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void maxPagesStopsThereAndFetchesNoneAhead() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      PageItems<Integer> items = pages(server).next(Page::next).maxPages(2).items(Page::items);
      assertThat(items.toList()).succeedsWithin(Awaited.LIMIT).isEqualTo(upTo(6));
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void emptyPagesInBetweenAreTurned() throws Exception {
    Script gaps =
        exchange -> {
          int number = number(exchange.request());
          String items = number % 50 == 0 ? "[" + number + "]" : "[]";
          json(exchange, items, number == 200 ? "\"\"" : "\"" + (number + 1) + "\"");
        };
    try (ScriptedServer server = ScriptedServer.start(gaps)) {
      assertThat(items(server).toList())
          .succeedsWithin(Awaited.LIMIT)
          .isEqualTo(List.of(0, 50, 100, 150, 200));
      assertThat(server.requests()).hasSize(201);
    }
  }

  @Test
  void failingPageIsAnErrorAfterTheItemsBefore() throws Exception {
    Script script =
        Script.inOrder(PagesTest::tenPages, PagesTest::tenPages, Scripts.respond(404, ""));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      RecordedSignals<Integer> probe =
          RecordedSignals.on(items(server).publisher(), Long.MAX_VALUE);
      assertThat(probe.awaitError()).isInstanceOf(HttpStatusError.class);
      assertThat(probe.items()).isEqualTo(upTo(6));
    }
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(404, ""))) {
      assertThatThrownBy(() -> items(server).stream().toList()).isInstanceOf(HttpStatusError.class);
    }
  }

  @Test
  void throwingFunctionsOfTheCallerAreUnexpectedErrors() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PagesTest::tenPages)) {
      RuntimeException no = new IllegalArgumentException("no");
      PageItems<Integer> badItems =
          pages(server)
              .next(Page::next)
              .items(
                  page -> {
                    throw no;
                  });
      PageItems<Integer> badNext =
          pages(server)
              .next(
                  page -> {
                    throw no;
                  })
              .items(Page::items);
      for (PageItems<Integer> bad : List.of(badItems, badNext)) {
        assertThat(Awaited.error(bad.toList())).isInstanceOf(FetchError.class).hasCause(no);
        assertThat(RecordedSignals.on(bad.publisher(), 1).awaitError())
            .isInstanceOf(UnexpectedError.class)
            .hasCause(no);
        assertThatThrownBy(() -> bad.stream().toList()).hasCause(no);
      }
    }
  }

  @Test
  void waysToTheNextPageMustBeNamedFirst() {
    assertThatThrownBy(() -> Pages.from(client.get("http://a/"), Page.class).items(Page::items))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Pages.from(client.get("http://a/"), Page.class).maxPages(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxPages: 0 (expected: >= 1)");
  }

  private Pages<Page> pages(ScriptedServer server) {
    return Pages.from(client.get(server.url("/p/0")), Page.class);
  }

  private PageItems<Integer> items(ScriptedServer server) {
    return pages(server).next(Page::next).items(Page::items);
  }
}
