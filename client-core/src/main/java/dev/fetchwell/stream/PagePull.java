package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.text.RequestUri;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Items page by page; the next page is fetched while this one's items are consumed. */
final class PagePull<P, T> implements Pull<T> {

  private final TypeRef<P> type;
  private final int maxPages;
  private final Pages.Next<P> following;
  private final Function<? super P, ? extends Iterable<? extends T>> items;
  private final CancellableWait wait;
  private final VisitedPages visited = new VisitedPages();
  private @Nullable CompletableFuture<Decoded<P>> ahead;
  private @Nullable RequestSpec request;

  /** Thrown once the items of the page that leads back, or nowhere, have been handed out. */
  private @Nullable FetchError failure;

  private Iterator<? extends T> current = Collections.emptyIterator();
  private int pages;

  PagePull(
      RequestSpec first,
      TypeRef<P> type,
      int maxPages,
      Pages.Next<P> following,
      Function<? super P, ? extends Iterable<? extends T>> items,
      CancellableWait wait) {
    this.request = first;
    this.type = type;
    this.maxPages = maxPages;
    this.following = following;
    this.items = items;
    this.wait = wait;
  }

  @Override
  public @Nullable T next() {
    try {
      return nextItem();
    } catch (FetchError | CancellationException known) {
      throw known;
    } catch (Throwable fromCallersFunction) {
      // Checked ones, too: other languages throw them from anywhere.
      throw UnexpectedError.wrap(fromCallersFunction);
    }
  }

  private @Nullable T nextItem() {
    while (!current.hasNext()) {
      RequestSpec asked = request;
      if (failure != null) {
        throw failure;
      }
      if (asked == null) {
        return null;
      }
      CompletableFuture<Decoded<P>> fetching = ahead;
      Decoded<P> page = wait.await(fetching == null ? asked.asDecoded(type) : fetching);
      ahead = null;
      current = turnTo(page, asked);
    }
    T item = current.next();
    if (item == null) {
      throw new NullPointerException("an item of page " + pages + " is null");
    }
    return item;
  }

  private Iterator<? extends T> turnTo(Decoded<P> page, RequestSpec asked) {
    pages++;
    remember(page, asked);
    request = pages == maxPages ? null : following(page, asked);
    RequestSpec next = request;
    if (next != null && failure == null) {
      failure = loop(next, page);
    }
    if (next != null && failure == null) {
      fetchAhead(next);
    }
    return items.apply(page.value()).iterator();
  }

  private void remember(Decoded<P> page, RequestSpec asked) {
    Optional<FetchRequest> sent = asked.toRequest().filter(made -> made.body().isEmpty());
    sent.ifPresent(made -> visited.add(made, page.response().url()));
  }

  private @Nullable RequestSpec following(Decoded<P> page, RequestSpec asked) {
    try {
      return following.after(page, asked);
    } catch (Pages.InvalidNextUrl invalid) {
      failure = protocolError("leads to an invalid URL: " + invalid.getMessage(), page);
      return null;
    }
  }

  /** A request with a body may go to the same address for each page. */
  private @Nullable FetchError loop(RequestSpec next, Decoded<P> page) {
    Optional<FetchRequest> made = next.toRequest().filter(request -> request.body().isEmpty());
    return made.filter(visited::contains)
        .map(back -> protocolError("leads back to " + RequestUri.redacted(back.url()), page))
        .orElse(null);
  }

  private FetchError protocolError(String problem, Decoded<P> page) {
    return new ConnectionError(
        ConnectionError.Kind.PROTOCOL, "page " + pages + " " + problem, facts(page), null);
  }

  private CallFacts facts(Decoded<P> page) {
    String url = RequestUri.redacted(page.response().url());
    return new CallFacts("GET", url, page.response().attempts(), page.response().elapsed(), true);
  }

  private void fetchAhead(RequestSpec next) {
    ahead = wait.register(next.asDecoded(type));
  }

  @Override
  public void cancel() {
    wait.cancel();
  }
}
