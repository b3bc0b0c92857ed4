package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.RecordedWarnings;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

class FailingLoggerTest {

  private final FakeServer server = FakeServer.create();

  /** As one whose appender throws, or all of whose methods do. */
  private static Logger failing(boolean asksToo) {
    return (Logger)
        Proxy.newProxyInstance(
            FailingLoggerTest.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              if (!asksToo && method.getReturnType() == boolean.class) {
                return true;
              }
              if (Set.of("hashCode", "equals", "toString").contains(method.getName())) {
                return method.getName().equals("hashCode") ? (Object) 7 : "failing";
              }
              throw new StackOverflowError("thrown by an appender");
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void appenderThatThrowsCostsNoCallAndIsToldOf(boolean asksToo) {
    LogListener listener = LogListener.to(failing(asksToo)).withHeaders().withBodies(100);
    AsyncHttpClient client = server.client(builder -> builder.listener(listener));
    server.on("GET", "/x", FakeReply.status(503), FakeReply.text("ok"));
    try (RecordedWarnings warnings = new RecordedWarnings()) {

      assertThat(server.await(client.getString("/x"))).isEqualTo("ok");

      assertThat(warnings.thrown())
          .isNotEmpty()
          .allMatch(thrown -> "thrown by an appender".equals(thrown.getMessage()));
    }
  }
}
