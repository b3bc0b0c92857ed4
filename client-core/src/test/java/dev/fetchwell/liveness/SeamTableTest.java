package dev.fetchwell.liveness;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.PublicApi;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever adds a parameter that runs a user's code has to say here which test makes it throw. */
class SeamTableTest {

  /** A method that takes a user's code, and how its seams in {@link ThrowingSeamsTest} begin. */
  private static final Map<String, String> TESTED =
      Map.ofEntries(
          entry("AsyncHttpClient.Builder.codec(JsonCodec)", "JsonCodec."),
          entry("AsyncHttpClient.Builder.executor(Executor)", "Executor.execute"),
          entry("AsyncHttpClient.Builder.listener(CallListener)", "CallListener."),
          entry("AsyncHttpClient.Builder.contextCarrier(ContextCarrier)", "ContextCarrier."),
          // Telemetry, or a logger, that throws is a listener that does.
          entry("ClientTracing.of(OpenTelemetry)", "CallListener."),
          entry("LogListener.to(Logger)", "CallListener."),
          entry("AsyncHttpClient.Builder.rateLimiter(RateLimiter)", "RateLimiter.acquire"),
          entry("CoolDown.by(Function)", "CoolDown.by"),
          entry("AsyncHttpClient.Builder.beforeCall(Consumer)", "beforeCall hook"),
          entry("AsyncHttpClient.Builder.filter(RequestFilter)", "RequestFilter.apply"),
          entry(
              "AsyncHttpClient.Builder.filterEveryOrigin(RequestFilter)",
              "RequestFilter.apply for every origin"),
          entry("TokenSource.of(Supplier)", "TokenSource "),
          entry("RetryPolicy.Builder.retryIf(Predicate)", "RetryPolicy.retryIf"),
          entry("CircuitBreakerPolicy.Builder.countAsFailure(Predicate)", "CircuitBreakerPolicy."),
          entry("RequestSpec.multipart(Consumer)", "Consumer of Multipart"),
          entry("RequestSpec.body(RequestBody)", "RequestBody."),
          entry("RequestSpec.body(Supplier)", "RequestSpec.body Supplier.get"),
          entry("RequestSpec.onUploadProgress(Progress)", "RequestSpec.onUploadProgress"),
          entry("RequestSpec.as(BodyReader)", "RequestSpec.as BodyReader.read"),
          entry("WorkQueue.of(Function)", "WorkQueue.of function"),
          entry("WorkQueue.Builder.deadLetter(BiConsumer)", "WorkQueue.deadLetter"),
          entry("Batch.of(Iterable)", "Batch.of Iterable.iterator"),
          entry("Batch.of(Iterator)", "Batch.of Iterator."),
          entry("Batch.of(Function)", "Batch.of function"),
          entry("Batch.onProgress(Progress)", "Batch.onProgress"),
          entry("Batch.forEach(BiConsumer)", "Batch.forEach handler"),
          entry("TaskGroup.fork(Supplier)", "TaskGroup.fork"),
          entry("Pages.next(Function)", "Pages.next"),
          entry("Pages.nextRequest(BiFunction)", "Pages.nextRequest"),
          entry("Pages.items(Function)", "Pages.items"),
          entry("PageItems.forEach(Consumer)", "PageItems.forEach"),
          entry("PageItems.forEachAsync(Function)", "PageItems.forEachAsync"),
          entry("Lines.forEach(Consumer)", "Lines.forEach"),
          entry("Lines.forEachAsync(Function)", "Lines.forEachAsync"),
          entry("Lines.until(Predicate)", "Lines.until"),
          entry("NdJson.forEach(Consumer)", "NdJson.forEach"),
          entry("NdJson.forEachAsync(Function)", "NdJson.forEachAsync"),
          entry("NdJson.until(Predicate)", "NdJson.until"),
          entry("EventStream.forEach(Consumer)", "EventStream.forEach"),
          entry("EventStream.forEachAsync(Function)", "EventStream.forEachAsync"),
          entry("EventStream.until(Predicate)", "EventStream.until"),
          entry("Download.onProgress(Progress)", "Download.onProgress"),
          entry("ReconnectingWebSocket.Builder.onOpen(Consumer)", "WebSocket.onOpen"),
          entry("ReconnectingWebSocket.Builder.onText(BiConsumer)", "WebSocket.onText"),
          entry("ReconnectingWebSocket.Builder.onBinary(BiConsumer)", "WebSocket.onBinary"),
          entry("ReconnectingWebSocket.Builder.onState(Consumer)", "WebSocket.onState"));

  /** Runs where it is called, on the caller's own thread and outside of every call. */
  private static final Set<String> PURE =
      Set.of(
          "Outcome.map(Function)",
          "Outcome.recover(Function)",
          "Outcome.fold(Function)",
          "Backoff.delay(RandomGenerator)",
          // A double for a user's test, whose thread it runs on.
          "FakeServer.client(Consumer)",
          "FakeServer.on(Function)",
          // What a request is made of; nothing is sent by it.
          "FetchRequest.<init>(RequestBody)",
          "RequestBody.of(Supplier)",
          "FetchResponse.<init>(BiFunction)",
          "HttpStatusError.of(BiFunction)");

  /** Values, though they are interfaces. */
  private static final Set<Class<?>> DATA =
      Set.of(Collection.class, List.class, Map.class, Path.class, Set.class, Type.class);

  @Test
  void everyParameterThatRunsAUsersCodeHasATest() throws Exception {
    List<String> found =
        PublicApi.types().stream().flatMap(SeamTableTest::seams).distinct().sorted().toList();
    assertThat(found).as("what was found, or this test is broken").contains("Batch.of(Function)");
    List<String> untested =
        found.stream().filter(each -> !TESTED.containsKey(each) && !PURE.contains(each)).toList();
    assertThat(untested).as("add a Seam for each, and name it here").isEmpty();
  }

  @Test
  void everyTestThatIsNamedExists() {
    List<String> names = ThrowingSeamsTest.seams().map(Seam::name).toList();
    assertThat(TESTED.values())
        .allSatisfy(start -> assertThat(names).as(start).anyMatch(name -> name.startsWith(start)));
  }

  @Test
  void seamsHaveDifferentNames() {
    assertThat(ThrowingSeamsTest.seams().map(Seam::name)).doesNotHaveDuplicates();
  }

  /** Such as {@code Batch.of(Function)}. */
  private static Stream<String> seams(Class<?> type) {
    String name = type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    Stream<Executable> code =
        Stream.concat(
            Arrays.stream(type.getDeclaredMethods()).filter(method -> !method.isBridge()),
            Arrays.stream(type.getDeclaredConstructors()));
    return code.filter(each -> Modifier.isPublic(each.getModifiers()) && !each.isSynthetic())
        .flatMap(
            each ->
                Arrays.stream(each.getParameterTypes())
                    .filter(SeamTableTest::isUsersCode)
                    .map(taken -> name + "." + nameOf(each) + "(" + taken.getSimpleName() + ")"));
  }

  private static String nameOf(Executable code) {
    return code instanceof Method ? code.getName() : "<init>";
  }

  /** A sealed interface can only be ours. */
  private static boolean isUsersCode(Class<?> type) {
    return type.isInterface() && !type.isSealed() && !DATA.contains(type);
  }
}
