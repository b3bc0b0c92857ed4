package dev.fetchwell.internal.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps its signals as texts. */
final class ChunkRecorder implements Flow.Subscriber<ByteBuffer> {

  final List<String> signals = new ArrayList<>();
  Runnable onNext = () -> {};
  Runnable onSubscribe = () -> {};
  private Flow.@Nullable Subscription subscription;
  @Nullable Throwable error;

  Flow.Subscription subscription() {
    if (subscription == null) {
      throw new AssertionError("not subscribed");
    }
    return subscription;
  }

  Throwable error() {
    if (error == null) {
      throw new AssertionError("no error");
    }
    return error;
  }

  void request(long n) {
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
