package dev.fetchwell.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.Requests;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.TaskGroup;
import dev.fetchwell.batch.WorkQueue;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.Multipart;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JacksonCodec2;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.micrometer.ClientMetrics;
import dev.fetchwell.observe.otel.ClientTracing;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.AttemptInfo;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.PageItems;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeRequest;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.PublicApi;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * A null that is not allowed is thrown at once, at whoever passed it, and the message names the
 * parameter: found by passing null for each parameter of each public method.
 */
class NullArgumentNamesTest {

  private static final AsyncHttpClient CLIENT = AsyncHttpClient.create();
  private static final RequestSpec SPEC = CLIENT.get("http://localhost:1/");
  private static final CallFacts FACTS = new CallFacts("GET", "http://h/", 1, Duration.ZERO, true);
  private static final FetchResponse RESPONSE =
      new FetchResponse(200, Map.of(), new byte[0], URI.create("http://h/"), 1, Duration.ZERO);

  /** What a method is called on, or given where another parameter is the one that is null. */
  private static final Map<Class<?>, Object> SAMPLES = samples();

  /** A value of a type parameter, which may be nullable; and what users write, and we call. */
  private static final Set<String> NOT_ASKED =
      Set.of(
          "Success.new(Object)",
          "Outcome.orElse(Object)",
          "Result.new(Object, Outcome)",
          "Accepted.new(Object, CompletableFuture)",
          "Unfinished.new(Object, int)",
          "WorkQueueStats.new(int, int, int, long, long, long, long, Duration)",
          "BatchSummary.new(long, long, long, Duration)",
          "ServerSentEvent.new(String, String, String)",
          "RequestBody.writeTo(OutputStream)",
          "JsonCodec.encode(Object)",
          "JsonCodec.decode(byte[], Type)",
          "JacksonCodec.encode(Object)",
          "JacksonCodec.decode(byte[], Type)",
          "JacksonCodec2.encode(Object)",
          "JacksonCodec2.decode(byte[], Type)",
          "BodyReader.read(FetchResponse)",
          "RateLimiter.acquire(String, Duration)",
          "RequestFilter.apply(FetchRequest, AttemptInfo)",
          "StreamedResponse.header(String)");

  private static void addPoliciesAndDoubles(Map<Class<?>, Object> known) {
    known.put(MeterRegistry.class, new SimpleMeterRegistry());
    known.put(OpenTelemetry.class, OpenTelemetry.noop());
    known.put(ClientMetrics.class, ClientMetrics.bindTo(new SimpleMeterRegistry(), CLIENT));
    known.put(ClientMetrics.Settings.class, ClientMetrics.of(CLIENT));
    known.put(ClientTracing.class, ClientTracing.of(OpenTelemetry.noop()));
    known.put(CoolDown.class, CoolDown.perHost());
    known.put(RateLimit.class, RateLimit.perSecond(1));
    known.put(HedgePolicy.class, HedgePolicy.after(Duration.ofSeconds(1)));
    known.put(AdaptiveLimit.class, AdaptiveLimit.standard());
    known.put(FakeServer.class, FakeServer.create());
    known.put(FakeReply.class, FakeReply.status(200));
    known.put(FakeRequest.class, fakeRequest());
  }

  private static FakeRequest fakeRequest() {
    FakeServer server = FakeServer.create();
    server.on("POST", "/", FakeReply.status(204));
    server.await(server.client().post("/").json("text").asVoid());
    return server.requests().get(0);
  }

  private static Map<Class<?>, Object> samples() {
    Map<Class<?>, Object> known = new HashMap<>();
    known.put(AsyncHttpClient.class, CLIENT);
    known.put(Requests.class, CLIENT);
    known.put(AsyncHttpClient.Builder.class, AsyncHttpClient.builder());
    known.put(RequestSpec.class, SPEC);
    known.put(Outcome.class, new Outcome.Success<>("v"));
    known.put(Batch.class, Batch.of(List.of("a"), CLIENT::getString));
    known.put(TaskGroup.class, TaskGroup.open());
    known.put(WorkQueue.class, WorkQueue.of(job -> CLIENT.getString("http://h/")).open());
    known.put(WorkQueue.Builder.class, WorkQueue.of(job -> CLIENT.getString("http://h/")));
    known.put(FetchError.class, new UnexpectedError(FACTS, new IllegalStateException()));
    known.put(HttpStatusError.class, HttpStatusError.of(404, Map.of(), new byte[0], null, FACTS));
    known.put(FetchRequest.class, CLIENT.get("http://h/").toRequest().orElseThrow());
    known.put(FetchResponse.class, RESPONSE);
    known.put(CallFacts.class, FACTS);
    known.put(Header.class, new Header("a", "b", false));
    known.put(HttpMethod.class, HttpMethod.PUT);
    known.put(Multipart.class, new Multipart());
    known.put(RequestBody.class, RequestBody.of(new byte[0], "a/b"));
    known.put(TypeRef.class, new TypeRef<List<String>>() {});
    known.put(AddressGuard.class, AddressGuard.publicOnly());
    known.put(InetAddress.class, InetAddress.getLoopbackAddress());
    known.put(JacksonCodec.class, new JacksonCodec());
    known.put(JacksonCodec2.class, new JacksonCodec2());
    known.put(
        com.fasterxml.jackson.databind.ObjectMapper.class,
        new com.fasterxml.jackson.databind.ObjectMapper());
    known.put(ObjectMapper.class, JsonMapper.shared());
    known.put(OkHttpClient.class, new OkHttpClient());
    known.put(Backoff.class, Backoff.fixed(Duration.ofSeconds(1)));
    known.put(RetryBudget.class, RetryBudget.standard());
    known.put(RetryPolicy.class, RetryPolicy.standard());
    known.put(RetryPolicy.Builder.class, RetryPolicy.builder());
    known.put(CircuitBreakerPolicy.class, CircuitBreakerPolicy.standard());
    known.put(CircuitBreakerPolicy.Builder.class, CircuitBreakerPolicy.builder());
    known.put(AttemptInfo.class, new AttemptInfo(1, Duration.ofSeconds(1), ""));
    known.put(Token.class, new Token("text", Instant.EPOCH));
    known.put(TokenSource.class, TokenSource.of(CompletableFuture::new));
    addPoliciesAndDoubles(known);
    known.put(Download.class, Download.from(SPEC));
    known.put(EventStream.class, EventStream.from(SPEC));
    known.put(Lines.class, Lines.from(SPEC));
    known.put(NdJson.class, NdJson.from(SPEC, String.class));
    known.put(Pages.class, Pages.from(SPEC, String.class));
    known.put(
        PageItems.class, Pages.from(SPEC, String.class).linkHeader().items(page -> List.of(page)));
    ReconnectingWebSocket.Builder socket = ReconnectingWebSocket.builder(SPEC);
    known.put(ReconnectingWebSocket.Builder.class, socket);
    known.put(ReconnectingWebSocket.class, socket.maxFailures(0).connect());
    addValues(known);
    return known;
  }

  private static void addValues(Map<Class<?>, Object> known) {
    known.put(String.class, "text");
    known.put(Object.class, "text");
    known.put(Class.class, String.class);
    known.put(Type.class, String.class);
    known.put(Duration.class, Duration.ofSeconds(1));
    known.put(Instant.class, Instant.EPOCH);
    known.put(URI.class, URI.create("http://h/"));
    known.put(Path.class, Path.of("file"));
    known.put(List.class, List.of());
    known.put(Collection.class, List.of());
    known.put(Iterable.class, List.of());
    known.put(Iterator.class, List.of().iterator());
    known.put(Map.class, Map.of());
    known.put(IOException.class, new IOException());
    known.put(Throwable.class, new IllegalStateException());
    known.put(boolean.class, false);
    known.put(int.class, 1);
    known.put(long.class, 1L);
    known.put(double.class, 1.0);
  }

  @AfterAll
  static void close() {
    CLIENT.close();
  }

  @Test
  void messageOfNullIsTheParametersName() throws Exception {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Class<?> type : PublicApi.types()) {
      if (type.getPackage().equals(CallListener.class.getPackage())) {
        continue; // Events, which only a client makes.
      }
      for (Executable code : calledByUsers(type)) {
        for (int i = 0; i < code.getParameterCount(); i++) {
          if (takesNoNull(code.getParameters()[i])) {
            asked++;
            String problem = problem(type, code, i);
            if (problem != null) {
              wrong.add(show(type, code, i) + ": " + problem);
            }
          }
        }
      }
    }
    assertThat(asked).as("parameters that were tried").isGreaterThan(100);
    assertThat(wrong).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // As a caller without such checks would.
  void nullAmongTheVariablesOfATemplateIsThrownAtOnce() {
    assertThatNullPointerException()
        .isThrownBy(() -> CLIENT.get("http://h/{a}", new Object[] {null}))
        .withMessage("variable");
  }

  private static List<Executable> calledByUsers(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredConstructors()),
            Arrays.stream(type.getDeclaredMethods()).filter(method -> !method.isBridge()))
        .filter(code -> Modifier.isPublic(code.getModifiers()) && !code.isSynthetic())
        .filter(code -> !Set.of("equals", "valueOf").contains(code.getName()))
        .filter(code -> !NOT_ASKED.contains(show(type, code)))
        .toList();
  }

  private static boolean takesNoNull(Parameter parameter) {
    return !parameter.getType().isPrimitive()
        && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static @Nullable String problem(Class<?> type, Executable code, int place)
      throws ReflectiveOperationException {
    @Nullable Object[] arguments = new Object[code.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i == place ? null : sample(code.getParameterTypes()[i]);
    }
    try {
      if (code instanceof Constructor<?> constructor) {
        var unused = constructor.newInstance(arguments);
      } else {
        boolean isStatic = Modifier.isStatic(code.getModifiers());
        var unused = ((Method) code).invoke(isStatic ? null : sample(type), arguments);
      }
      return "taken";
    } catch (InvocationTargetException thrown) {
      Throwable cause = thrown.getCause();
      boolean named =
          cause instanceof NullPointerException
              && String.valueOf(cause.getMessage()).matches("[a-z][A-Za-z0-9]*");
      return named ? null : String.valueOf(cause);
    }
  }

  private static Object sample(Class<?> type) {
    Object known = SAMPLES.get(type);
    if (known != null) {
      return known;
    }
    if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), 0);
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (!type.isInterface()) {
      throw new IllegalStateException("no sample of " + type);
    }
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          throw new UnsupportedOperationException(method.getName());
        });
  }

  private static String show(Class<?> type, Executable code, int place) {
    return show(type, code) + ", parameter " + (place + 1);
  }

  private static String show(Class<?> type, Executable code) {
    String name = code instanceof Method ? code.getName() : "new";
    List<String> types = Arrays.stream(code.getParameterTypes()).map(Class::getSimpleName).toList();
    return type.getSimpleName() + "." + name + "(" + String.join(", ", types) + ")";
  }
}
