package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What resilience4j's registry shows of the bulkheads. */
class BulkheadRegistryTest {

  private final ManualExecutor executor = new ManualExecutor();
  private final ScriptedStage next = new ScriptedStage();
  private final BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
  private final BulkheadStage stage =
      new BulkheadStage(next, new Bulkheads(new BulkheadLimits(3, 1, 0), registry, executor));

  @Test
  void eachHostAndAllOfThemHaveATwinWithTheSamePermits() {
    start("a");
    start("b:8080");

    assertThat(registry.getAllBulkheads())
        .extracting(Bulkhead::getName)
        .containsExactlyInAnyOrder("a", "b:8080", Bulkheads.ALL);
    assertThat(registry.bulkhead("a").getMetrics().getMaxAllowedConcurrentCalls()).isEqualTo(1);
    assertThat(registry.bulkhead("a").getMetrics().getAvailableConcurrentCalls()).isZero();
    Bulkhead.Metrics all = registry.bulkhead(Bulkheads.ALL).getMetrics();
    assertThat(all.getMaxAllowedConcurrentCalls()).isEqualTo(3);
    assertThat(all.getAvailableConcurrentCalls()).isEqualTo(1);
  }

  @Test
  void twinsGetTheirPermitsBackAndPublishWhatHappened() {
    List<String> published = publishedEvents();
    start("a");
    CompletableFuture<Reply> rejected = send("a");
    next.last().future().complete(reply(200));

    assertThat(error(rejected, BulkheadFullError.class)).isNotNull();
    assertThat(published)
        .containsExactlyInAnyOrder(
            "a CALL_PERMITTED",
            "all CALL_PERMITTED",
            "a CALL_REJECTED",
            "a CALL_FINISHED",
            "all CALL_FINISHED");
    assertThat(registry.bulkhead("a").getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    assertThat(registry.bulkhead("all").getMetrics().getAvailableConcurrentCalls()).isEqualTo(3);
  }

  @Test
  void twinWhosePermitForeignCodeTookRejectsTheCallAndKeepsNothing() {
    next.always(replies(200));
    assertThat(send("a")).isCompleted();
    assertThat(registry.bulkhead("a").tryAcquirePermission()).isTrue();

    assertThat(error(send("a"), BulkheadFullError.class)).hasMessageContaining("resilience4j");

    registry.bulkhead("a").releasePermission();
    assertThat(send("a")).isCompleted();
    assertThat(registry.bulkhead("all").getMetrics().getAvailableConcurrentCalls()).isEqualTo(3);
  }

  @Test
  void eventConsumerThatThrowsChangesNothingAboutTheCall() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onEvent(
                        event -> {
                          throw new IllegalStateException("expected in the log of this test");
                        }));
    next.always(replies(200));

    for (int i = 0; i < 5; i++) {
      assertThat(send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
    }
    assertThat(stage.inFlight()).isZero();
    assertThat(registry.bulkhead("a").getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    assertThat(registry.bulkhead("all").getMetrics().getAvailableConcurrentCalls()).isEqualTo(3);
  }

  @Test
  void consumerThatThrowsAtANewTwinChangesNothingAboutTheCall() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added -> {
              throw new IllegalStateException("expected in the log of this test");
            });
    next.always(replies(200));

    assertThat(send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
    assertThat(stage.inFlight()).isZero();
    assertThat(send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
  }

  @Test
  void hostNamedLikeTheBulkheadOfAllHasATwinOfItsOwn() {
    start("a");

    CompletableFuture<Reply> call = send("all");

    assertThat(call).isNotDone();
    assertThat(stage.inFlight()).isEqualTo(2);
    assertThat(registry.bulkhead(Bulkheads.ALL).getMetrics().getAvailableConcurrentCalls())
        .isEqualTo(1);
  }

  @Test
  void idleHostsBeyondAThousandAreForgotten() {
    next.always(replies(200));
    for (int i = 0; i < 3_000; i++) {
      assertThat(send("host-" + i)).isCompleted();
    }

    assertThat(registry.getAllBulkheads()).hasSizeLessThanOrEqualTo(1024 + 1);
  }

  @Test
  void hostInUseIsNotForgotten() {
    start("busy");
    next.always(replies(200));
    for (int i = 0; i < 3_000; i++) {
      assertThat(send("host-" + i)).isCompleted();
    }

    assertThat(error(send("busy"), BulkheadFullError.class)).isNotNull();
    assertThat(registry.find("busy")).isPresent();
  }

  private List<String> publishedEvents() {
    List<String> published = new ArrayList<>();
    registry
        .getEventPublisher()
        .onEntryAdded(
            added ->
                added
                    .getAddedEntry()
                    .getEventPublisher()
                    .onEvent(
                        event ->
                            published.add(event.getBulkheadName() + " " + event.getEventType())));
    return published;
  }

  private CompletableFuture<Reply> send(String host) {
    FetchRequest request = to("http://" + host + "/", "GET");
    return stage.send(request, context(request, settings(), new VirtualTimer()));
  }

  private void start(String host) {
    var unused = send(host);
  }
}
