package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.RecordedWarnings;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FailingRegistryTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client = server.client();

  /** Throws for meters of a name. */
  private static MeterFilter failing(String name) {
    return new MeterFilter() {
      @Override
      public MeterFilterReply accept(Meter.Id id) {
        if (id.getName().equals(name)) {
          throw new IllegalStateException("thrown by a meter filter");
        }
        return MeterFilterReply.NEUTRAL;
      }
    };
  }

  @Test
  void filterThatThrowsCostsNoCallAndIsToldOf() {
    registry.config().meterFilter(failing("http.client.requests"));
    ClientMetrics.of(client).tagHost(true).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok"));
    try (RecordedWarnings warnings = new RecordedWarnings()) {

      assertThat(server.await(client.getString("/x"))).isEqualTo("ok");

      assertThat(warnings.thrown())
          .extracting(Throwable::getMessage)
          .containsExactly("thrown by a meter filter");
    }
  }

  @Test
  void registryThatThrowsWhenItIsBoundIsLeftAsItWas() {
    registry.config().meterFilter(failing("fetchwell.hedges"));

    assertThatThrownBy(() -> ClientMetrics.bindTo(registry, client))
        .hasMessage("thrown by a meter filter");

    assertThat(registry.getMeters()).isEmpty();
    server.on("GET", "/x", FakeReply.text("ok"));
    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void filterThatDeniesAllLeavesNothing() {
    registry.config().meterFilter(MeterFilter.deny());
    ClientMetrics bound = ClientMetrics.of(client).tagHost(true).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok"));

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");

    bound.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  /** The call itself waits for it, as for every listener. */
  @Test
  void filterThatBlocksHoldsNoPermitAndNoOtherClient() throws Exception {
    CountDownLatch blocks = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    MeterFilter blocking =
        new MeterFilter() {
          @Override
          public MeterFilterReply accept(Meter.Id id) {
            if (id.getName().equals("http.client.requests")) {
              blocks.countDown();
              await(over);
            }
            return MeterFilterReply.NEUTRAL;
          }
        };
    registry.config().meterFilter(blocking);
    try (ScriptedServer real = ScriptedServer.start(Scripts.respond(200, "ok"));
        AsyncHttpClient measured = AsyncHttpClient.builder().baseUrl(real.url("")).build();
        AsyncHttpClient other = AsyncHttpClient.builder().baseUrl(real.url("")).build()) {
      ClientMetrics.bindTo(registry, measured);
      CompletableFuture<String> held = measured.getString("/");
      await(blocks);

      assertThat(measured.stats().inFlight()).isZero();
      assertThat(Awaited.value(other.getString("/"))).isEqualTo("ok");

      over.countDown();
      assertThat(Awaited.value(held)).isEqualTo("ok");
    } finally {
      over.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
