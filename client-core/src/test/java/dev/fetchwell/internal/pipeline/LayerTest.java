package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.redirect.Redirects;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final Platform platform = VirtualPlatform.of(timer);
  private final Permits permits =
      new Permits(PermitLimits.standard(), null, BulkheadRegistry.ofDefaults(), platform);
  private final CallContext context = context(request("GET"), options(), timer);

  @Test
  void firstLayerIsTheOutermost() {
    List<String> met = new ArrayList<>();
    Stage wire =
        (request, context) -> {
          met.add("wire");
          return CompletableFuture.completedFuture(reply(200));
        };

    Stage pipeline = Layer.onto(wire, List.of(meeting("outer", met), meeting("inner", met)));

    assertThat(pipeline.send(request("GET"), context)).isCompleted();
    assertThat(met).containsExactly("outer", "inner", "wire");
  }

  @Test
  void pipelineWithoutLayersIsTheWire() {
    Stage wire = (request, context) -> new CompletableFuture<>();

    assertThat(Layer.onto(wire, List.of())).isSameAs(wire);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void stageThatThrowsEndsTheCallAndLeavesNothingBehind(int layersAboveIt) {
    Error thrown = new NoClassDefFoundError("in a stage");
    List<Layer> layers =
        List.of(
            Deadline.layer(),
            Redirects.layer(),
            Retries.layer(RetryRegistry.ofDefaults(), platform),
            permits.layer(),
            AttemptTimeout.layer());
    Stage throwing =
        (request, context) -> {
          throw thrown;
        };
    Stage pipeline = Layer.onto(throwing, layers.subList(0, layersAboveIt + 1));

    CompletableFuture<Reply> call = Outermost.around(pipeline).send(context.request(), context);

    assertThat(failure(call, UnexpectedError.class)).hasCause(thrown);
    assertThat(timer.pending()).isZero();
    assertThat(permits.inFlight()).isZero();
  }

  private static Layer meeting(String name, List<String> met) {
    return next ->
        (request, context) -> {
          met.add(name);
          return next.send(request, context);
        };
  }
}
