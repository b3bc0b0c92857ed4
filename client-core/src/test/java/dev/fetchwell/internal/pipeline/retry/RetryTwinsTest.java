package dev.fetchwell.internal.pipeline.retry;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What resilience4j's registry shows, and what its consumers can do to a call: nothing. */
class RetryTwinsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final RetryRegistry registry = RetryRegistry.ofDefaults();
  private final Stage stage =
      Outermost.around(Retries.layer(registry, VirtualPlatform.of(timer)).around(next));
  private final FetchRequest request = request("GET");
  private final EventRecorder recorder = new EventRecorder();

  @Test
  void registryShowsOneRetryForEachPolicyAndItsEvents() {
    List<String> published = new ArrayList<>();
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onEvent(event -> published.add(event.getEventType().name())));
    next.then(fails(503)).then(replies(200)).then(fails(404)).then(replies(200));
    var first = stage.send(request, call(options()));
    timer.advance(SECOND);
    var second = stage.send(request, call(options()));
    var third = stage.send(request, call(options(RetryPolicy.none())));

    assertThat(registry.getAllRetries()).extracting(Retry::getName).contains("fetchwell");
    assertThat(registry.getAllRetries()).hasSize(2);
    assertThat(published).containsExactly("RETRY", "SUCCESS", "IGNORED_ERROR");
    Retry.Metrics metrics = registry.retry("fetchwell").getMetrics();
    assertThat(metrics.getNumberOfSuccessfulCallsWithRetryAttempt()).isEqualTo(1);
    assertThat(List.of(first, second, third)).allMatch(CompletableFuture::isDone);
  }

  @Test
  void policyMadeForEveryCallDoesNotFillTheRegistry() {
    next.always(replies(200));
    for (int i = 1; i <= 500; i++) {
      RetryPolicy own = steady().maxAttempts(i).build();
      assertThat(stage.send(request, call(options(own)))).isCompleted();
    }

    assertThat(registry.getAllRetries()).hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void consumerThatThrowsAtASuccessDoesNotTakeTheReplyAway() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onSuccess(
                        event -> {
                          throw new IllegalStateException("expected in the log of this test");
                        }));
    next.then(fails(503)).then(replies(200));

    CompletableFuture<Reply> call = stage.send(request, call(options()));
    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void consumerThatThrowsAtARetryDoesNotPreventIt(boolean anError) {
    consume(anError);
    next.then(fails(503)).then(replies(200));

    CompletableFuture<Reply> call = stage.send(request, call(options()));
    assertThat(timer.nextIn()).contains(SECOND);
    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(next.count()).isEqualTo(2);
    assertThat(timer.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void consumerThatThrowsAtAFailureDoesNotReplaceIt(boolean anError) {
    consume(anError);
    next.then(fails(404)).always(fails(503));

    CompletableFuture<Reply> ignored = stage.send(request, call(options()));
    CompletableFuture<Reply> retried = stage.send(request, call(options()));
    timer.advance(SECOND.multipliedBy(2));

    assertThat(failure(ignored, ClientStatusError.class).status()).isEqualTo(404);
    ServerStatusError last = failure(retried, ServerStatusError.class);
    assertThat(last.attempts()).isEqualTo(3);
    assertThat(last.getSuppressed()).hasSize(2);
    assertThat(next.count()).isEqualTo(4);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void consumerThatThrowsAtANewEntryTouchesNoCall() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added -> {
              throw new IllegalStateException("expected in the log of this test");
            });
    next.then(fails(503)).then(replies(200));

    CompletableFuture<Reply> call = stage.send(request, call(options()));
    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(200);
  }

  private void consume(boolean anError) {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onEvent(
                        event -> {
                          if (anError) {
                            throw new LinkageError("expected in the log of this test");
                          }
                          throw new IllegalStateException("expected in the log of this test");
                        }));
  }

  private CallContext call(CallOptions options) {
    return context(request, options, timer, recorder);
  }
}
