package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Reachability;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.text.RequestUri;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A body that is given up, with its permits and its connection, when nobody can reach it any longer
 * who could read it or close it; a warning says so. Whatever hands a body out refers to it by this.
 */
public final class LeakDetectingBody implements OpenBody {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final OpenBody body;

  /**
   * Watches a body.
   *
   * @param opened the stack of who asked for it, or null; see {@link #opening}
   */
  public LeakDetectingBody(OpenBody body, CallContext context, @Nullable Throwable opened) {
    this.body = body;
    Leak leak = new Leak(body, context, opened);
    Cleaner.Cleanable watch = Reachability.watch(this, leak);
    body.whenEnded(() -> leak.prevent(watch));
  }

  /** The stack of who asks for a response now, if the log is to show it; stacks are dear. */
  public static @Nullable Throwable opening() {
    boolean shown = Guard.get(() -> LOG.isLoggable(System.Logger.Level.DEBUG), false);
    return shown ? new Throwable("the response was asked for here") : null;
  }

  @Override
  public int read(byte[] target) {
    try {
      return body.read(target);
    } finally {
      // A thread that is blocked in it is a reader, also if it has no use for it afterwards.
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void cancel() {
    body.cancel();
  }

  @Override
  public void whenEnded(Runnable action) {
    body.whenEnded(action);
  }

  /** What is left when the watched body is gone; it must not reach that. */
  private static final class Leak implements Runnable {

    private final OpenBody body;
    private final CallContext context;
    private final @Nullable Throwable opened;

    /** Only ever goes to true. */
    private volatile boolean ended;

    private Leak(OpenBody body, CallContext context, @Nullable Throwable opened) {
      this.body = body;
      this.context = context;
      this.opened = opened;
    }

    private void prevent(Cleaner.Cleanable watch) {
      ended = true;
      watch.clean();
    }

    /** On the cleaner's thread, which all leaks share. */
    @Override
    public void run() {
      if (!ended) {
        context.platform().execute(this::giveUp);
      }
    }

    private void giveUp() {
      if (ended) {
        return;
      }
      Guard.run(body::cancel);
      URI url = context.request().url();
      String what = context.request().method() + " " + RequestUri.redacted(url);
      String where =
          opened == null
              ? "; at level DEBUG of the logger dev.fetchwell, this says where it was opened"
              : "; it was opened where this stack says";
      LOG.log(
          System.Logger.Level.WARNING,
          "the response to "
              + what
              + " was neither read to its end nor closed, and nobody refers to it any longer: its"
              + " permits and its connection were given back (expected: try-with-resources"
              + where
              + ")",
          opened);
    }
  }
}
