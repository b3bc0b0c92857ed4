package dev.fetchwell.internal.pipeline.breaker;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.breaker.HostBreaker.Admission;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Refuses attempts to a host that fails. It judges each by its reply (a streamed one by its
 * headers), its error, or by how it was given up; and by what it did on the wire only, not by what
 * happened while it waited to get there.
 */
public final class Breakers {

  private final CircuitBreakerPolicy policy;
  private final Platform platform;
  private final HostBreakers hosts;

  /** The breakers of one client, all closed. */
  public Breakers(CircuitBreakerPolicy policy, Platform platform) {
    this.policy = policy;
    this.platform = platform;
    this.hosts = new HostBreakers(policy, platform);
  }

  /** The layer. */
  public Layer layer() {
    return next -> (request, context) -> send(next, request, context);
  }

  /** resilience4j's breakers, one named after each host. */
  public CircuitBreakerRegistry registry() {
    return hosts.registry();
  }

  /** The state of each host's breaker. */
  public Map<String, CircuitState> states() {
    return hosts.states();
  }

  private CompletableFuture<Reply> send(Stage next, FetchRequest request, CallContext context) {
    Entry entry = new Entry(next, request, context, hosts.enter(request.host()));
    try {
      entry.start();
    } catch (Throwable thrown) {
      // No stage throws; but if one did, or memory is at its end, no place may get lost.
      entry.completeExceptionally(thrown);
    }
    return entry;
  }

  /** One attempt, from its admission until it was judged. */
  private final class Entry extends CallFuture<Reply> {

    private final Stage next;
    private final FetchRequest request;
    private final CallContext context;
    private final Attempt attempt;
    private final HostBreaker host;
    private final AtomicBoolean judged = new AtomicBoolean();

    /** Null if it was refused; written before anybody else knows this. */
    private @Nullable Admission admission;

    private Entry(Stage next, FetchRequest request, CallContext context, HostBreaker host) {
      this.next = next;
      this.request = request;
      this.context = context;
      this.attempt = context.attempt();
      this.host = host;
    }

    private void start() {
      Admission admitted = host.admit(context.events());
      admission = admitted;
      boolean isTrial = admitted != null && admitted.isTrial();
      if (admitted == null || (isTrial && !attempt.mayWait())) {
        // It never began; a place that it has, it gives back as it ends.
        attempt.markWaiting(true);
        completeExceptionally(host.refusal(context.facts()));
        return;
      }
      if (isTrial) {
        attempt.markTrial();
      }
      follow(next.sent(request, context), this::replied, this::failed);
    }

    private void replied(Reply reply) {
      if (reply.isError()) {
        FetchError error = reply.error(context);
        judge(Verdict.ofStatus(error, attempt, policy), error);
      } else {
        judge(attempt.isCached() ? Verdict.NOTHING : Verdict.SUCCESS, null);
      }
      complete(reply);
    }

    private void failed(Throwable thrown) {
      if (thrown instanceof FetchError error) {
        judge(Verdict.ofError(error, attempt, context, policy), error);
      }
      completeExceptionally(thrown);
    }

    private void judge(Verdict verdict, @Nullable FetchError error) {
      if (judged.compareAndSet(false, true)) {
        end(verdict, error);
      }
    }

    /** May be on a timer's thread, where no consumer of resilience4j's may run. */
    @Override
    protected void givenUp() {
      if (!judged.compareAndSet(false, true)) {
        return;
      }
      boolean timeIsUp = Verdict.isTimeUp(attempt, context);
      try {
        platform.tell(() -> endGivenUp(timeIsUp));
      } catch (Throwable noMemory) {
        Guard.report(noMemory);
        end(Verdict.NOTHING, null);
      }
    }

    private void endGivenUp(boolean timeIsUp) {
      if (timeIsUp) {
        FetchTimeoutError error =
            new FetchTimeoutError(
                FetchTimeoutError.Phase.TOTAL, context.options().timeout(), "", context.facts());
        end(Verdict.ofError(error, attempt, context, policy), error);
      } else {
        end(Verdict.NOTHING, null);
      }
    }

    private void end(Verdict verdict, @Nullable FetchError error) {
      try {
        Admission admitted = admission;
        if (admitted != null) {
          host.end(admitted, verdict, attempt.wireNanos(platform.timer()), error, context.events());
        }
      } finally {
        host.leave();
      }
    }
  }
}
