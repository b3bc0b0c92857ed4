package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Decoding needs memory and a thread, so it counts against the limits and the deadline. */
class DecodingIsPartOfTheCallTest {

  private static final Duration IN_TIME = Duration.ofSeconds(3);

  private final SlowCodec codec = new SlowCodec();
  private final ScriptedServer server = ScriptedServer.start(Scripts.json("1"));
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().maxConcurrency(4).codec(codec).build();

  @AfterEach
  void letGo() {
    codec.mayGoOn.countDown();
    client.close();
    server.close();
  }

  @Test
  void noMoreCallsDecodeThanMayRunAtOnce() {
    List<CompletableFuture<String>> calls = IntStream.range(0, 20).mapToObj(any -> call()).toList();
    // All the others wait: so the four that decode are what is in flight.
    Eventually.holds(
        () -> codec.running.get() == 4,
        () -> "4 in decode(), are " + codec.running,
        Liveness.LIMIT);
    assertThat(client.stats().inFlight()).isEqualTo(4);
    assertThat(client.stats().queued()).isEqualTo(16);
    codec.mayGoOn.countDown();
    calls.forEach(each -> assertThat(Awaited.value(each, Liveness.LIMIT)).isEqualTo("1"));
    assertThat(codec.most).hasValue(4);
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  @Test
  void deadlineEndsACallThatIsBeingDecoded() {
    CompletableFuture<String> call =
        client.get(server.url("/")).timeout(Duration.ofMillis(300)).asJson(String.class);
    assertThat(Awaited.ending(call, IN_TIME)).isInstanceOf(FetchTimeoutError.class);
    assertThat(codec.running).as("still in decode()").hasValue(1);
    codec.mayGoOn.countDown();
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  @Test
  void cancellingEndsACallThatIsBeingDecoded() {
    CompletableFuture<String> call = call();
    Eventually.holds(() -> codec.running.get() == 1, () -> "decode() to begin", Liveness.LIMIT);
    call.cancel(true);
    assertThat(Awaited.ending(call, IN_TIME)).isInstanceOf(CancellationException.class);
    assertThat(codec.running).as("still in decode()").hasValue(1);
    codec.mayGoOn.countDown();
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
    assertThat(Awaited.value(call(), Liveness.LIMIT)).isEqualTo("1");
  }

  private CompletableFuture<String> call() {
    return client.getJson(server.url("/"), String.class);
  }

  /** Decodes to the text as it is, when it may. */
  private static final class SlowCodec implements JsonCodec {

    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    public byte[] encode(Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object decode(byte[] json, Type type) {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      try {
        if (!mayGoOn.await(30, TimeUnit.SECONDS)) {
          throw new IllegalStateException("not told to go on");
        }
        return new String(json, StandardCharsets.UTF_8);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        running.decrementAndGet();
      }
    }
  }
}
