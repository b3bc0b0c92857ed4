package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.to;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.AttemptInfo;
import dev.fetchwell.policy.RequestFilter;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiltersTest {

  private static final URI BASE = URI.create("https://api.example.com/v1");

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor threads = new ManualExecutor();
  private final ScriptedStage next = new ScriptedStage();
  private final FetchRequest request = request("GET", new Header("X-Own", "1", false));
  private CallContext context = contextOf(request);

  private CallContext contextOf(FetchRequest made) {
    CallContext begun =
        context(
            made, options().tag("users"), ReplyReaders.BYTES, VirtualPlatform.of(threads, timer));
    var unused = begun.beginAttempt(false, false);
    return begun;
  }

  private CompletableFuture<Reply> send(RequestFilter... filters) {
    return send(request, own(filters));
  }

  private static List<ScopedFilter> own(RequestFilter... filters) {
    return List.of(filters).stream().map(each -> new ScopedFilter(each, false)).toList();
  }

  private CompletableFuture<Reply> send(FetchRequest sent, List<ScopedFilter> filters) {
    Stage stage = Filters.layer(filters, new OwnOrigin(BASE)).around(next);
    CompletableFuture<Reply> call = stage.send(sent, context);
    threads.runAll();
    return call;
  }

  private static RequestFilter adds(String name, String value) {
    return (request, attempt) -> completedFuture(request.withHeader(name, value));
  }

  private FetchError refusedBy(RequestFilter filter) {
    CompletableFuture<Reply> call = send(filter);
    FetchError error = failure(call, FetchError.class);
    assertThat(next.count()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(context.attempt().isHopeless()).isTrue();
    return error;
  }

  @Test
  void clientWithoutFiltersHasNoStageForThem() {
    assertThat(Filters.layer(List.of(), new OwnOrigin(null)).around(next)).isSameAs(next);
  }

  @Test
  void filtersAreAskedInTheirOrderAndWhatTheyGiveIsSent() {
    List<String> seen = new ArrayList<>();
    RequestFilter looks =
        (request, attempt) -> {
          seen.add(request.header("X-A").orElse("none"));
          return completedFuture(request.withoutHeader("x-own"));
        };

    CompletableFuture<Reply> call = send(looks, adds("X-A", "1"), looks, adds("X-A", "2"));
    next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    assertThat(seen).containsExactly("none", "1");
    assertThat(next.last().request().headers()).containsExactly(new Header("X-A", "2", false));
    assertThat(request.headers()).hasSize(1);
  }

  @Test
  void filterIsToldOfItsAttempt() {
    List<AttemptInfo> told = new ArrayList<>();
    RequestFilter tells =
        (request, attempt) -> {
          told.add(attempt);
          return completedFuture(request);
        };

    var unused = send(tells);
    context.beginAttempt(true, false);
    timer.advance(Duration.ofSeconds(4));
    unused = send(tells);

    assertThat(told)
        .containsExactly(
            new AttemptInfo(1, Duration.ofSeconds(30), "users"),
            new AttemptInfo(2, Duration.ofSeconds(26), "users"));
  }

  @Test
  void nothingOfAFilterRunsOnTheCallersThread() {
    CompletableFuture<FetchRequest> changed = new CompletableFuture<>();
    Stage stage =
        Filters.layer(own((request, attempt) -> changed), new OwnOrigin(null)).around(next);

    CompletableFuture<Reply> call = stage.send(request, context);
    assertThat(threads.pending()).isEqualTo(1);
    threads.runAll();
    changed.complete(request);
    assertThat(next.count()).isZero();
    threads.runAll();

    assertThat(next.count()).isEqualTo(1);
    assertThat(call).isNotDone();
  }

  @Test
  void whatAFilterThrowsEndsTheCallWithItsCause() {
    IllegalStateException thrown = new IllegalStateException("no key");

    FetchError atOnce =
        refusedBy(
            (request, attempt) -> {
              throw thrown;
            });
    FetchError later = refusedBy((request, attempt) -> failedFuture(thrown));

    assertThat(atOnce).isInstanceOf(UnexpectedError.class).hasCause(thrown);
    assertThat(atOnce.attempts()).isZero();
    assertThat(later).isInstanceOf(UnexpectedError.class).hasCause(thrown);
  }

  @Test
  void errorsAndCancelledStagesAreToldAsWell() {
    FetchError error =
        refusedBy(
            (request, attempt) -> {
              throw new AssertionError("broken");
            });
    FetchError cancelled =
        refusedBy((request, attempt) -> failedFuture(new CancellationException("by itself")));

    assertThat(error).isInstanceOf(UnexpectedError.class).hasRootCauseMessage("broken");
    assertThat(cancelled)
        .isInstanceOf(UnexpectedError.class)
        .hasCauseInstanceOf(CancellationException.class);
  }

  @Test
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  void nothingIsRefused() {
    FetchError noStage = refusedBy((request, attempt) -> null);
    FetchError noRequest = refusedBy((request, attempt) -> completedFuture(null));

    assertThat(noStage).hasRootCauseMessage("a RequestFilter gave null (expected: a stage)");
    assertThat(noRequest).hasRootCauseMessage("a RequestFilter completed its stage with null");
  }

  @Test
  void fetchErrorOfAFilterPassesAsItIs() {
    FetchError known = new InvalidRequestError("no tenant", context.facts().notProcessed(), null);

    assertThat(refusedBy((request, attempt) -> failedFuture(known))).isSameAs(known);
  }

  @Test
  void stageThatIsNoFutureIsAwaited() {
    CompletableFuture<FetchRequest> changed = new CompletableFuture<>();
    CompletionStage<FetchRequest> onlyAStage = new OnlyAStage<>(changed).minimalCompletionStage();

    CompletableFuture<Reply> call = send((request, attempt) -> onlyAStage);
    changed.complete(request.withHeader("X-A", "1"));
    threads.runAll();

    assertThat(next.last().request().header("X-A")).contains("1");
    call.cancel(false);
  }

  /** What some libraries give: no future can be had of it. */
  private static final class OnlyAStage<T> extends CompletableFuture<T> {

    private OnlyAStage(CompletionStage<T> from) {
      var unused =
          from.whenComplete(
              (value, thrown) -> {
                complete(value);
              });
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
      return this;
    }
  }

  @Test
  void cancellingTheCallCancelsTheFilterAndSendsNothing() {
    CompletableFuture<FetchRequest> changing = new CompletableFuture<>();
    CompletableFuture<Reply> call = send((request, attempt) -> changing);

    call.cancel(false);
    threads.runAll();

    assertThat(changing).isCancelled();
    assertThat(next.count()).isZero();
  }

  @Test
  void filterWhoseTurnComesAfterTheEndIsNotAsked() {
    List<String> asked = new ArrayList<>();
    Stage stage =
        Filters.layer(
                own(
                    (request, attempt) -> {
                      asked.add("asked");
                      return completedFuture(request);
                    }),
                new OwnOrigin(null))
            .around(next);

    stage.send(request, context).cancel(false);
    threads.runAll();

    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example.com:444/users",
        "http://api.example.com/users",
        "https://example.com/users"
      })
  void anotherOriginIsRefused(String url) {
    FetchError error = refusedBy((request, attempt) -> completedFuture(to(url, "GET")));

    assertThat(error)
        .isInstanceOf(InvalidRequestError.class)
        .hasMessageContaining("a RequestFilter led it to another origin, ");
  }

  @Test
  void anotherPathMethodAndBodyAreSent() {
    FetchRequest other =
        new FetchRequest(
            HttpMethod.POST,
            URI.create("https://api.example.com:443/other?sig=1"),
            List.of(),
            RequestBody.of(new byte[] {1, 2}, "text/plain"));

    var unused = send((request, attempt) -> completedFuture(other));

    assertThat(next.last().request()).isSameAs(other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding"})
  void headersThatFrameTheRequestAreRefused(String name) {
    FetchError error = refusedBy(adds(name, "3"));

    assertThat(error).isInstanceOf(InvalidRequestError.class).hasMessageContaining(name);
  }

  @Test
  void onlyTheOwnOriginIsFilteredUnlessAskedForAll() {
    List<ScopedFilter> filters =
        List.of(
            new ScopedFilter(adds("X-Own-Origin", "1"), false),
            new ScopedFilter(adds("X-Every-Origin", "1"), true));
    FetchRequest there = to("https://elsewhere.example.com/", "GET");
    FetchRequest back = there.redirectedTo(BASE, false);
    FetchRequest within = request.redirectedTo(URI.create(BASE + "/next"), false);

    for (FetchRequest each : List.of(there, back, within)) {
      var unused = send(each, filters);
    }

    assertThat(namesSent(0)).containsExactly("X-Every-Origin");
    assertThat(namesSent(1)).containsExactly("X-Every-Origin");
    assertThat(namesSent(2)).containsExactly("X-Own", "X-Own-Origin", "X-Every-Origin");
  }

  private List<String> namesSent(int index) {
    return next.sent(index).request().headers().stream().map(Header::name).toList();
  }

  @Test
  void withoutABaseUrlAnyOriginIsOwnUntilARedirectLeadsAway() {
    OwnOrigin any = new OwnOrigin(null);
    FetchRequest away = request.redirectedTo(URI.create("https://evil.example.com/"), false);

    assertThat(any.covers(request)).isTrue();
    assertThat(any.covers(away)).isFalse();
    assertThat(any.covers(away.redirectedTo(request.url(), false))).isFalse();
    assertThat(any.covers(away.withHeader("X-A", "1").withoutHeader("X-A"))).isFalse();
  }

  @Test
  void filterThatCallsItselfForEverIsRefused() {
    Stage[] stage = new Stage[1];
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    RequestFilter endless =
        (request, attempt) -> {
          CompletableFuture<Reply> inner = stage[0].send(request, contextOf(request));
          calls.add(inner);
          return inner.thenApply(reply -> request);
        };
    stage[0] = Filters.layer(own(endless), new OwnOrigin(null)).around(next);

    CompletableFuture<Reply> call = stage[0].send(request, context);
    threads.runAll();

    assertThat(failure(call, InvalidRequestError.class))
        .hasMessageContaining("calls that client, which runs the filter again");
    assertThat(calls).hasSize(8);
  }
}
