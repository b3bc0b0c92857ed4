package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.text.Framing;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.policy.AttemptInfo;
import dev.fetchwell.policy.RequestFilter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets the caller's filters change each attempt's request. Nothing is held meanwhile, so that a
 * filter may call the client that it belongs to; only how deep that nests is limited, since such a
 * call runs the filters too.
 *
 * <p>What a filter made of one attempt's request is gone with the attempt: a retry or a redirect
 * starts from the request as it was made.
 */
public final class Filters implements Stage {

  /** A filter that does not let its own calls pass would otherwise make them until memory ends. */
  private static final int MOST_NESTED = 8;

  private final Stage next;
  private final OwnOrigin origin;
  private final List<RequestFilter> own;
  private final List<RequestFilter> everywhere;

  /** In how many filters of this client, one called by another, this thread is. */
  private final ThreadLocal<@Nullable Integer> nested = new ThreadLocal<>();

  private Filters(Stage next, List<ScopedFilter> filters, OwnOrigin origin) {
    this.next = next;
    this.origin = origin;
    this.own = filters.stream().map(ScopedFilter::filter).toList();
    this.everywhere =
        filters.stream().filter(ScopedFilter::everyOrigin).map(ScopedFilter::filter).toList();
  }

  /**
   * The layer; none without filters.
   *
   * @param filters in the order in which they are asked
   */
  public static Layer layer(List<ScopedFilter> filters, OwnOrigin origin) {
    return filters.isEmpty() ? Layer.none() : next -> new Filters(next, filters, origin);
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    List<RequestFilter> filters = origin.covers(request) ? own : everywhere;
    if (filters.isEmpty()) {
      return next.send(request, context);
    }
    Integer level = nested.get();
    Filtering filtering = new Filtering(filters, context, level == null ? 0 : level);
    filtering.begin(request);
    return filtering.outer;
  }

  /** One attempt's request on its way through the filters. */
  private final class Filtering {

    private final CallFuture<Reply> outer = new CallFuture<>();
    private final List<RequestFilter> filters;
    private final CallContext context;
    private final int level;

    private Filtering(List<RequestFilter> filters, CallContext context, int level) {
      this.filters = filters;
      this.context = context;
      this.level = level;
    }

    private void begin(FetchRequest request) {
      context.attempt().markWaiting(true);
      if (level == MOST_NESTED) {
        failed(
            new InvalidRequestError(
                "its client's RequestFilter calls that client, which runs the filter again"
                    + " (expected: one that lets its own calls pass, or another client)",
                context.facts(),
                null));
        return;
      }
      step(request, 0).start();
    }

    /** Asks one filter, and then the next. */
    private ForeignStep<FetchRequest> step(FetchRequest request, int index) {
      ForeignStep<FetchRequest> step =
          new ForeignStep<>(
              context.platform(), "a RequestFilter", () -> ask(filters.get(index), request));
      outer.follow(step, changed -> goOn(checked(request, changed), index + 1), this::failed);
      return step;
    }

    private @Nullable CompletionStage<FetchRequest> ask(
        RequestFilter filter, FetchRequest request) {
      int attempt = context.attempt().number();
      AttemptInfo info =
          new AttemptInfo(
              attempt, context.remaining(), context.options().tag(), context.events().callId());
      Integer around = nested.get();
      nested.set(level + 1);
      try {
        return filter.apply(request, info);
      } finally {
        if (around == null) {
          nested.remove();
        } else {
          nested.set(around);
        }
      }
    }

    private void goOn(FetchRequest request, int index) {
      if (outer.isEnding()) {
        return;
      }
      if (index < filters.size()) {
        step(request, index).startHere();
      } else {
        outer.follow(next.sent(request, context));
      }
    }

    private FetchRequest checked(FetchRequest before, FetchRequest after) {
      if (!RequestUri.sameOrigin(before.url(), after.url())) {
        throw refused(
            "a RequestFilter led it to another origin, "
                + after.host()
                + " (expected: the origin that it was for)");
      }
      for (Header header : after.headers()) {
        if (Framing.isSetBy(header.name())) {
          throw refused(
              "a RequestFilter set "
                  + header.name()
                  + ", which is the client's to set (expected: a request with another body)");
        }
      }
      return before.isLedAway() ? after.ledAway() : after;
    }

    private InvalidRequestError refused(String problem) {
      context.attempt().markHopeless();
      return new InvalidRequestError(problem, context.facts(), null);
    }

    /** Also what would be worth a retry, such as the status of a call of the filter's own. */
    private void failed(Throwable thrown) {
      if (outer.isEnding()) {
        return;
      }
      context.attempt().markHopeless();
      outer.completeExceptionally(
          thrown instanceof FetchError known
              ? known
              : new UnexpectedError(context.facts(), thrown));
    }
  }
}
