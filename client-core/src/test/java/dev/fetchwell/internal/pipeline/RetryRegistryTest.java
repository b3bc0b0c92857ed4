package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.fails;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What resilience4j's registry shows, and what its consumers can do to a call: nothing. */
class RetryRegistryTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final RetryRegistry registry = RetryRegistry.ofDefaults();
  private final RetryStage stage = new RetryStage(next, registry, timer, new Random(1));
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
    var first = stage.send(request, call(settings()));
    timer.advance(SECOND);
    var second = stage.send(request, call(settings()));
    var third = stage.send(request, call(settings(RetryPolicy.none())));

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
      assertThat(stage.send(request, call(settings(own)))).isCompleted();
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

    CompletableFuture<Reply> call = stage.send(request, call(settings()));
    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(200);
  }

  @Test
  void consumerThatThrowsAtARetryDoesNotLoseTheCall() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onRetry(
                        event -> {
                          throw new IllegalStateException("a consumer");
                        }));
    next.then(fails(503)).always(replies(200));

    CompletableFuture<Reply> call = stage.send(request, call(settings()));
    timer.advance(SECOND);

    assertThat(call).isDone();
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

    CompletableFuture<Reply> call = stage.send(request, call(settings()));
    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(200);
  }

  private CallContext call(CallSettings settings) {
    return context(request, settings, timer, recorder);
  }
}
