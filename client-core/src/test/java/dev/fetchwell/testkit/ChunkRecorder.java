package dev.fetchwell.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps its signals as texts. Confined to one thread. */
public final class ChunkRecorder implements Flow.Subscriber<ByteBuffer> {

  private final List<String> signals = new ArrayList<>();
  private Runnable onNext = () -> {};
  private Runnable onSubscribe = () -> {};
  private Flow.@Nullable Subscription subscription;
  private @Nullable Throwable error;

  /** A subscriber that asks for nothing by itself. */
  public ChunkRecorder() {}

  /** The texts of the chunks, and how they ended. */
  public List<String> signals() {
    return List.copyOf(signals);
  }

  /** What it does at each chunk. */
  public void atEach(Runnable action) {
    onNext = action;
  }

  /** What it does when it is subscribed. */
  public void atSubscription(Runnable action) {
    onSubscribe = action;
  }

  /** Its subscription, which it must have. */
  public Flow.Subscription subscription() {
    if (subscription == null) {
      throw new AssertionError("not subscribed");
    }
    return subscription;
  }

  /** The error that came, which must have come. */
  public Throwable error() {
    if (error == null) {
      throw new AssertionError("no error");
    }
    return error;
  }

  /** Asks for chunks. */
  public void request(long n) {
    subscription().request(n);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    onSubscribe.run();
  }

  @Override
  public void onNext(ByteBuffer chunk) {
    signals.add(StandardCharsets.UTF_8.decode(chunk).toString());
    onNext.run();
  }

  @Override
  public void onError(Throwable thrown) {
    error = thrown;
    signals.add("error " + thrown.getClass().getSimpleName());
  }

  @Override
  public void onComplete() {
    signals.add("complete");
  }
}
