package dev.fetchwell.internal.call;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A body that is requested once more if it breaks off before its first byte was handed over, and
 * never after.
 *
 * <p>{@code current} is written by the reading thread only; a cancel first sets its flag and then
 * cancels what it sees, and the reader looks at the flag after each write, so one of both acts.
 */
final class ReopeningBody implements OpenBody {

  /** What a caller may have read and prepared for. */
  private static final List<String> DESCRIBING =
      List.of("ETag", "Last-Modified", "Content-Type", "Content-Length", "Content-Range");

  private final Reply first;
  private final Function<FetchError, CompletableFuture<Reply>> reopen;
  private final EndActions atTheEnd = new EndActions();
  private volatile OpenBody current;
  private volatile @Nullable CompletableFuture<Reply> opening;
  private volatile boolean cancelled;
  private boolean handedOver;

  /**
   * Wraps the body of a first reply.
   *
   * @param reopen asks for another reply after a failure; fails with the error to report
   */
  ReopeningBody(Reply first, OpenBody body, Function<FetchError, CompletableFuture<Reply>> reopen) {
    this.first = first;
    this.current = body;
    this.reopen = reopen;
  }

  @Override
  public int read(byte[] target) {
    while (true) {
      try {
        int count = current.read(target);
        handedOver = true;
        if (count < 0) {
          atTheEnd.run();
        }
        return count;
      } catch (FetchError error) {
        if (cancelled) {
          throw givenUp();
        }
        if (handedOver) {
          atTheEnd.run();
          throw error;
        }
        replaceAfter(error);
      }
    }
  }

  private void replaceAfter(FetchError error) {
    CompletableFuture<Reply> another = reopen.apply(error);
    opening = another;
    if (cancelled) {
      another.cancel(false);
    }
    Reply reply;
    try {
      reply = another.join();
    } catch (CompletionException | CancellationException failed) {
      Throwable last = CallFuture.unwrap(failed);
      if (cancelled || last instanceof CancellationException) {
        // By its caller, or by the client that closes.
        throw givenUp();
      }
      atTheEnd.run();
      throw last instanceof FetchError known ? known : error;
    }
    OpenBody body = reply.open();
    if (body == null || !isSame(reply)) {
      reply.cancel();
      atTheEnd.run();
      throw error;
    }
    current = body;
    if (cancelled) {
      body.cancel();
    }
  }

  /** The caller has the first reply's status and headers, so the body must be theirs. */
  private boolean isSame(Reply reply) {
    return reply.status() == first.status()
        && DESCRIBING.stream()
            .allMatch(name -> Objects.equals(reply.header(name), first.header(name)));
  }

  private CancellationException givenUp() {
    atTheEnd.run();
    return new CancellationException("the response was closed");
  }

  @Override
  public void cancel() {
    cancelled = true;
    current.cancel();
    CompletableFuture<Reply> pending = opening;
    if (pending != null) {
      pending.cancel(false);
    }
    atTheEnd.run();
  }

  @Override
  public void whenEnded(Runnable action) {
    atTheEnd.add(action);
  }
}
