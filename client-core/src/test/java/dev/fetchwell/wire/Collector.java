package dev.fetchwell.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks for so many chunks and keeps what comes. */
final class Collector implements Flow.Subscriber<ByteBuffer> {

  private final CompletableFuture<String> text = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicInteger chunks = new AtomicInteger();
  private final long demand;
  private volatile Flow.@Nullable Subscription subscription;

  Collector(long demand) {
    this.demand = demand;
  }

  /** Everything, when the body has ended. */
  CompletableFuture<String> text() {
    return text;
  }

  int chunks() {
    return chunks.get();
  }

  void cancel() {
    Flow.Subscription now = subscription;
    if (now != null) {
      now.cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(demand);
  }

  @Override
  public void onNext(ByteBuffer chunk) {
    byte[] copy = new byte[chunk.remaining()];
    chunk.get(copy);
    bytes.writeBytes(copy);
    chunks.incrementAndGet();
  }

  @Override
  public void onError(Throwable thrown) {
    text.completeExceptionally(thrown);
  }

  @Override
  public void onComplete() {
    text.complete(bytes.toString(StandardCharsets.UTF_8));
  }
}
