package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.concurrent.Pull;
import java.net.URI;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private final Opening opening = new Opening();
  private final Set<Visit> seen = new HashSet<>();
  private volatile @Nullable CompletableFuture<Decoded<P>> ahead;
  private @Nullable RequestSpec request;

  /** Thrown once the items of the page that leads back, or nowhere, have been handed out. */
  private @Nullable FetchError failure;

  private Iterator<? extends T> current = Collections.emptyIterator();
  private int pages;

  /** Requests that differ in a header may be for different pages. */
  private record Visit(URI url, List<Header> headers) {}

  PagePull(
      RequestSpec first,
      TypeRef<P> type,
      int maxPages,
      Pages.Next<P> following,
      Function<? super P, ? extends Iterable<? extends T>> items) {
    this.request = first;
    this.type = type;
    this.maxPages = maxPages;
    this.following = following;
    this.items = items;
  }

  @Override
  public @Nullable T next() {
    try {
      return nextItem();
    } catch (FetchError | CancellationException known) {
      throw known;
    } catch (RuntimeException fromCallersFunction) {
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
      Decoded<P> page = opening.await(fetching == null ? asked.asDecoded(type) : fetching);
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
    sent.ifPresent(made -> seen.add(new Visit(made.uri().uri(), made.headers())));
    sent.ifPresent(made -> seen.add(new Visit(page.response().url(), made.headers())));
  }

  private @Nullable RequestSpec following(Decoded<P> page, RequestSpec asked) {
    try {
      return following.after(page, asked);
    } catch (Pages.NoAddress none) {
      failure = protocolError("leads to an address that is none: " + none.getMessage(), page);
      return null;
    }
  }

  /** A request with a body may go to the same address for each page. */
  private @Nullable FetchError loop(RequestSpec next, Decoded<P> page) {
    Optional<FetchRequest> made = next.toRequest().filter(request -> request.body().isEmpty());
    if (made.isEmpty() || !seen.contains(new Visit(made.get().uri().uri(), made.get().headers()))) {
      return null;
    }
    return protocolError("leads back to " + made.get().uri(), page);
  }

  private FetchError protocolError(String problem, Decoded<P> page) {
    return new ConnectionError(
        ConnectionError.Kind.PROTOCOL, "page " + pages + " " + problem, facts(page), null);
  }

  private CallFacts facts(Decoded<P> page) {
    String url = RequestUri.redact(page.response().url().toString());
    return new CallFacts("GET", url, page.response().attempts(), page.response().elapsed(), true);
  }

  private void fetchAhead(RequestSpec next) {
    CompletableFuture<Decoded<P>> fetching = next.asDecoded(type);
    ahead = fetching;
    if (opening.isCancelled()) {
      fetching.cancel(false);
    }
  }

  @Override
  public void cancel() {
    opening.cancel();
    CompletableFuture<Decoded<P>> fetching = ahead;
    if (fetching != null) {
      fetching.cancel(false);
    }
  }
}
