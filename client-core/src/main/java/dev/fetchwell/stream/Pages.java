package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.internal.text.RequestUri;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A resource that comes in JSON pages, as one sequence of items. Immutable.
 *
 * <p>Say where the next page is ({@link #next}, {@link #linkHeader} or {@link #nextRequest}) and
 * what the items of a page are. At most one page is fetched ahead, and none once the consumer has
 * stopped. A page that leads to itself or back to an earlier one is an error, not an endless loop;
 * it comes after that page's items, or some rounds later if the loop has a thousand pages or more.
 * Requests with a body are not compared.
 *
 * <pre>{@code
 * Pages.from(client.get("/users"), Page.class).next(Page::next).items(Page::users)
 *     .forEach(user -> store.save(user));
 * }</pre>
 *
 * @param <P> the pages' type
 */
public final class Pages<P> {

  private final RequestSpec first;
  private final TypeRef<P> type;
  private final int maxPages;
  private final @Nullable Next<P> next;

  private Pages(RequestSpec first, TypeRef<P> type, int maxPages, @Nullable Next<P> next) {
    this.first = first;
    this.type = type;
    this.maxPages = maxPages;
    this.next = next;
  }

  /** What follows a page; null for nothing. */
  interface Next<P> {

    @Nullable RequestSpec after(Decoded<P> page, RequestSpec request);
  }

  /** What a page names as the next one's URL cannot be one. */
  static final class InvalidNextUrl extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private InvalidNextUrl(String problem) {
      super(problem);
    }
  }

  private static final class Known<P> extends TypeRef<P> {

    private Known(Type type) {
      super(type);
    }
  }

  /** The pages from a request on. */
  public static <P> Pages<P> from(RequestSpec request, Class<P> type) {
    return from(request, new Known<>(Objects.requireNonNull(type, "type")));
  }

  /** The pages, of a generic type, from a request on. */
  public static <P> Pages<P> from(RequestSpec request, TypeRef<P> type) {
    return new Pages<>(
        Objects.requireNonNull(request, "request").copy(),
        Objects.requireNonNull(type, "type"),
        Integer.MAX_VALUE,
        null);
  }

  /** The next page's URL in the page, absolute or relative to it; null or empty after the last. */
  public Pages<P> next(Function<? super P, @Nullable String> url) {
    Objects.requireNonNull(url, "url");
    return with((page, request) -> follow(page, request, url.apply(page.value())));
  }

  /**
   * The next page's URL in the {@code Link} header with {@code rel="next"} (<a
   * href="https://www.rfc-editor.org/rfc/rfc8288">RFC 8288</a>).
   */
  public Pages<P> linkHeader() {
    return with(
        (page, request) ->
            follow(page, request, LinkHeader.next(page.response().headers()).orElse(null)));
  }

  /**
   * The next page's request, made of the page and of a copy of the request for it, such as with
   * another cursor in the query; null after the last. Start from {@link RequestSpec#at} to drop the
   * parameters of before.
   */
  public Pages<P> nextRequest(BiFunction<? super P, RequestSpec, @Nullable RequestSpec> request) {
    Objects.requireNonNull(request, "request");
    return with((page, current) -> request.apply(page.value(), current.copy()));
  }

  /** The number of pages to stop after, even if there are more; default no limit. */
  public Pages<P> maxPages(int pages) {
    return new Pages<>(first, type, Checks.atLeast("maxPages", pages, 1), next);
  }

  /**
   * The items of each page.
   *
   * @throws IllegalStateException if nothing says where the next page is
   */
  public <T> PageItems<T> items(Function<? super P, ? extends Iterable<? extends T>> items) {
    Objects.requireNonNull(items, "items");
    Next<P> following = next;
    if (following == null) {
      throw new IllegalStateException("call next(), linkHeader() or nextRequest() before items()");
    }
    Platform platform = RequestAccess.platformOf(first);
    return new PageItems<>(
        new PullSource<>(platform, () -> this.<T>pull(following, items, platform)));
  }

  private <T> Pull<T> pull(
      Next<P> following,
      Function<? super P, ? extends Iterable<? extends T>> items,
      Platform platform) {
    return new PagePull<>(
        RequestAccess.prepared(first.copy()),
        type,
        maxPages,
        following,
        items,
        new CancellableWait(platform));
  }

  private Pages<P> with(Next<P> following) {
    return new Pages<>(first, type, maxPages, following);
  }

  private static @Nullable RequestSpec follow(
      Decoded<?> page, RequestSpec request, @Nullable String url) {
    if (url == null || url.isBlank()) {
      return null;
    }
    try {
      URI from = page.response().url();
      // By way of the page: one that a redirect led elsewhere for does not lead back with secrets.
      return request.at(from.toString()).at(RequestUri.resolve(from, url).uri().toString());
    } catch (IllegalArgumentException illegal) {
      throw new InvalidNextUrl(String.valueOf(illegal.getMessage()));
    }
  }
}
