package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.RecordedWarnings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
}
