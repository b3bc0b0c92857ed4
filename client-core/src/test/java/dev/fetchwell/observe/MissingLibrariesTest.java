package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.ClassPathWithout;
import org.junit.jupiter.api.Test;

public class MissingLibrariesTest {

  private static final String OPTIONAL = "io\\.(micrometer|opentelemetry)\\..*";

  @Test
  void nothingOfTheOptionalLibrariesIsLoadedByACall() throws Exception {
    try (ClassPathWithout without = new ClassPathWithout(OPTIONAL)) {
      assertThatThrownBy(() -> without.loadClass("io.micrometer.core.instrument.MeterRegistry"))
          .isInstanceOf(ClassNotFoundException.class);

      assertThat(without.call(MissingLibrariesTest.class, "called")).isEqualTo("ok");
    }
  }

  /** Runs there. */
  public static String called() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.text("ok"));
    return server.await(
        server
            .client(builder -> builder.listener(LogListener.create()).listener(new JfrListener()))
            .getString("/x"));
  }
}
