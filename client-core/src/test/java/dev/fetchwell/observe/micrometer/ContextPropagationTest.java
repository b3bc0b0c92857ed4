package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ContextCarrier;
import dev.fetchwell.testkit.ClassPathWithout;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
public class ContextPropagationTest {

  private static final ThreadLocal<String> USER = new ThreadLocal<>();

  private final ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "ok"));
  private final ContextRegistry registry = new ContextRegistry();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<String> after = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    USER.remove();
    server.close();
  }

  private static String shown() {
    return String.valueOf(USER.get());
  }

  /** What listeners see is noted, and what is left on the client's threads. */
  private AsyncHttpClient client(ContextCarrier carrier, Supplier<String> current) {
    Thread caller = Thread.currentThread();
    ContextCarrier around =
        () ->
            task -> {
              task.run();
              if (Thread.currentThread() != caller) {
                after.add(current.get());
              }
            };
    CallListener listener =
        new CallListener() {
          @Override
          public void callEnded(CallEnded event) {
            heard.add(current.get());
          }
        };
    return AsyncHttpClient.builder()
        .baseUrl(server.url(""))
        .contextCarrier(carrier)
        .contextCarrier(around)
        .listener(listener)
        .build();
  }

  private void call(AsyncHttpClient client, Supplier<String> current) {
    client.getString("/").thenAccept(text -> seen.add(current.get())).join();
  }

  /** The last of it happens after the call has ended. */
  private void nothingIsLeftBehind() {
    Eventually.holds(() -> !after.isEmpty(), "a task has run on a thread of the client");
    assertThat(after).containsOnly("null");
  }

  @Test
  void threadLocalIsSeenByListenersAndDependentsAndNotLeftBehind() {
    registry.registerThreadLocalAccessor("user", USER);
    try (AsyncHttpClient client =
        client(ContextPropagation.carrier(registry), ContextPropagationTest::shown)) {
      USER.set("ada");
      call(client, ContextPropagationTest::shown);
      USER.remove();
      call(client, ContextPropagationTest::shown);

      assertThat(heard).containsExactly("ada", "null");
      assertThat(seen).containsExactly("ada", "null");
    }
    nothingIsLeftBehind();
  }

  @Test
  void valueThatTheCallerHadNotIsTakenAwayAndGivenBack() {
    registry.registerThreadLocalAccessor("user", USER);
    var noted = ContextPropagation.carrier(registry).capture();
    USER.set("grace");

    noted.execute(() -> seen.add(shown()));

    assertThat(seen).containsExactly("null");
    assertThat(shown()).isEqualTo("grace");
  }

  @Test
  void accessorThatThrowsCostsNoCallAndTheOthersDoWithoutIt() {
    for (Failing failing : List.of(new Failing("a", true, false), new Failing("b", false, true))) {
      registry.registerThreadLocalAccessor(failing);
    }
    registry.registerThreadLocalAccessor("user", USER);
    registry.registerThreadLocalAccessor(new Failing("z", false, true));
    USER.set("ada");
    ContextCarrier carrier = ContextPropagation.carrier(registry);
    try (AsyncHttpClient client = client(carrier, ContextPropagationTest::shown)) {
      call(client, ContextPropagationTest::shown);

      assertThat(heard).containsExactly("ada");
      assertThat(seen).containsExactly("ada");
    }
    var noted = carrier.capture();
    USER.set("grace");
    noted.execute(() -> seen.add(shown()));
    assertThat(seen).containsExactly("ada", "ada");
    assertThat(shown()).isEqualTo("grace");
  }

  private record Failing(String key, boolean onGet, boolean onSet)
      implements ThreadLocalAccessor<String> {

    @Override
    public String getValue() {
      if (onGet) {
        throw new StackOverflowError("thrown by an accessor");
      }
      return "x";
    }

    @Override
    public void setValue(String value) {
      if (onSet) {
        throw new IllegalStateException("thrown by an accessor");
      }
    }

    @Override
    public void setValue() {
      setValue("");
    }
  }

  /** As in a Boot application, or one of Reactor: by the process-wide registry. */
  @Test
  void currentObservationGoesAlongByTheRegistryOfTheProcess() {
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(context -> true);
    Supplier<String> current =
        () -> {
          Observation now = observations.getCurrentObservation();
          return now == null ? "null" : String.valueOf(now.getContext().getName());
        };
    try (AsyncHttpClient client = client(ContextPropagation.carrier(), current)) {
      Observation page = Observation.start("page", observations);
      try (Observation.Scope scope = page.openScope()) {
        call(client, current);
        assertThat(scope.getCurrentObservation()).isSameAs(observations.getCurrentObservation());
      }

      assertThat(heard).containsExactly("page");
      assertThat(seen).containsExactly("page");
    }
    nothingIsLeftBehind();
  }

  @Test
  void onlyItsOwnLibraryIsNeeded() throws Exception {
    String others = "io\\.micrometer\\.(core|common|observation)\\..*";
    try (ClassPathWithout without = new ClassPathWithout(others)) {
      assertThat(without.call(ContextPropagationTest.class, "carried")).isEqualTo("ada");
    } finally {
      Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
    }
  }

  /** Runs there. */
  public static String carried() {
    // The files that name the services of what is left out are still there.
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    ContextRegistry registry = new ContextRegistry();
    registry.registerThreadLocalAccessor("user", USER);
    USER.set("ada");
    var noted = ContextPropagation.carrier(registry).capture();
    USER.remove();
    List<String> seen = new CopyOnWriteArrayList<>();
    noted.execute(() -> seen.add(shown()));
    return String.join(" ", seen);
  }
}
