package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.concurrent.Pull;
import dev.fetchwell.policy.Checks;
import java.lang.reflect.Type;
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
 * it comes after that page's items. Requests with a body are not compared.
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

  /** What a page names as the next one's URL is none. */
  static final class NoAddress extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private NoAddress(String problem) {
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
    return from(request, new Known<>(type));
  }

  /** The pages, of a generic type, from a request on. */
  public static <P> Pages<P> from(RequestSpec request, TypeRef<P> type) {
    return new Pages<>(request.copy(), type, Integer.MAX_VALUE, null);
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

  /** Stops after so many pages, even if there are more; default no limit. */
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
    return new PageItems<>(() -> this.<T>pull(following, items));
  }

  private <T> Pull<T> pull(
      Next<P> following, Function<? super P, ? extends Iterable<? extends T>> items) {
    return new PagePull<>(first.copy(), type, maxPages, following, items);
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
      return request.at(RequestUri.resolve(page.response().url(), url).uri().toString());
    } catch (IllegalArgumentException illegal) {
      throw new NoAddress(String.valueOf(illegal.getMessage()));
    }
  }
}
