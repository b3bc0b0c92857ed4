package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Makes clients whose every seam throws now and then. Thread-safe. */
final class Chaos {

  private static final int ONE_IN = 100;
  private static final Thrown[] THROWN = Thrown.values();

  private final Random random;
  private final AtomicLong thrown = new AtomicLong();

  Chaos(long seed) {
    random = new Random(seed);
  }

  long thrown() {
    return thrown.get();
  }

  /** A client on the shared transport, with everything that its settings may call. */
  AsyncHttpClient client(Executor executor) throws Exception {
    return watched(
        settings()
            .codec(new Codec(new JacksonCodec()))
            .executor(
                task -> {
                  maybeThrow();
                  executor.execute(task);
                })
            .build());
  }

  /** A client on an OkHttp client of its own, which throws too. */
  AsyncHttpClient clientOn(OkHttpClient base) throws Exception {
    EventListener events = Throwing.inAny(EventListener.class, this::maybeThrow);
    OkHttpClient own =
        base.newBuilder()
            .eventListener(events)
            .addInterceptor(
                chain -> {
                  maybeThrow();
                  return chain.proceed(chain.request());
                })
            .addNetworkInterceptor(
                chain -> {
                  maybeThrow();
                  return chain.proceed(chain.request());
                })
            .build();
    return watched(settings().okHttp(own).build());
  }

  private AsyncHttpClient.Builder settings() throws Exception {
    RetryPolicy retry =
        RetryPolicy.builder()
            .backoff(Backoff.fixed(Duration.ZERO))
            .budget(RetryBudget.unlimited())
            .retryIf(
                error -> {
                  maybeThrow();
                  return true;
                })
            .build();
    return AsyncHttpClient.builder()
        .listener(Throwing.inAny(CallListener.class, this::maybeThrow))
        .retry(retry)
        .maxConcurrency(100)
        .maxConcurrencyPerHost(50)
        .maxQueued(1_000)
        .attemptTimeout(Duration.ofMillis(200))
        .timeout(Duration.ofSeconds(3));
  }

  private AsyncHttpClient watched(AsyncHttpClient client) {
    client
        .bulkheads()
        .getEventPublisher()
        .onEntryAdded(
            added -> added.getAddedEntry().getEventPublisher().onEvent(event -> maybeThrow()));
    client
        .retries()
        .getEventPublisher()
        .onEntryAdded(
            added -> added.getAddedEntry().getEventPublisher().onEvent(event -> maybeThrow()));
    return client;
  }

  private void maybeThrow() {
    if (random.nextInt(ONE_IN) == 0) {
      thrown.incrementAndGet();
      throw THROWN[random.nextInt(THROWN.length)].raise();
    }
  }

  private final class Codec implements JsonCodec {

    private final JsonCodec real;

    private Codec(JsonCodec real) {
      this.real = real;
    }

    @Override
    public byte[] encode(Object value) {
      maybeThrow();
      return real.encode(value);
    }

    @Override
    public @Nullable Object decode(byte[] json, Type type) {
      maybeThrow();
      return real.decode(json, type);
    }
  }
}
