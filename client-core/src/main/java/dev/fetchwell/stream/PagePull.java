package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.concurrent.Pull;
import java.net.URI;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
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
  private final Set<String> seen = new HashSet<>();
  private volatile @Nullable CompletableFuture<Decoded<P>> ahead;
  private @Nullable RequestSpec request;

  /** Thrown once the items of the page that leads back have been handed out. */
  private @Nullable FetchError loop;

  private Iterator<? extends T> current = Collections.emptyIterator();
  private int pages;

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
    while (!current.hasNext()) {
      RequestSpec asked = request;
      if (loop != null) {
        throw loop;
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
      throw UnexpectedError.wrap(new NullPointerException("an item of page " + pages + " is null"));
    }
    return item;
  }

  private Iterator<? extends T> turnTo(Decoded<P> page, RequestSpec asked) {
    pages++;
    URI url = page.response().url();
    seen.add(url.toString());
    RequestSpec next = pages == maxPages ? null : following.after(page, asked);
    request = next;
    loop = next == null ? null : loop(next, page);
    if (next != null && loop == null) {
      fetchAhead(next);
    }
    return items.apply(page.value()).iterator();
  }

  /** A request with a body may go to the same address for each page. */
  private @Nullable FetchError loop(RequestSpec next, Decoded<P> page) {
    Optional<URI> address = next.address();
    if (address.isEmpty() || seen.add(address.get().toString())) {
      return null;
    }
    String shown = RequestUri.redact(address.get().toString());
    return new ConnectionError(
        ConnectionError.Kind.PROTOCOL,
        "page " + pages + " leads back to " + shown,
        facts(page),
        null);
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
