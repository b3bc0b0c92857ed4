package dev.fetchwell.stream;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import java.net.URI;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, in bounded memory, that pages lead in a circle. A page that leads back to one of those
 * visited last is told at once. For longer circles there is a mark on one page, which moves on
 * after 1, 2, 4, 8, … pages: once it lies on the circle, and the circle is no longer than the
 * stretch, the way comes past it again (R. P. Brent, "An improved Monte Carlo factorization
 * algorithm", BIT 20, 1980, section 2). Confined to one thread.
 */
final class VisitedPages {

  static final int REMEMBERED = 1_000;

  /** In the order in which they were visited last. */
  private final Set<Visit> recent = new LinkedHashSet<>();

  private @Nullable Visit mark;
  private long pagesSinceMark;
  private long stretch = 1;

  /** Requests that differ in a header may be for different pages. */
  private record Visit(URI url, List<Header> headers) {

    private static Visit of(FetchRequest request) {
      return new Visit(request.url(), request.headers());
    }
  }

  /** Whether a request leads back. */
  boolean contains(FetchRequest request) {
    Visit next = Visit.of(request);
    return recent.contains(next) || next.equals(mark);
  }

  /**
   * A page was fetched.
   *
   * @param answered the address that it came from, after redirects
   */
  void add(FetchRequest request, URI answered) {
    Visit asked = Visit.of(request);
    remember(asked);
    if (!answered.equals(asked.url())) {
      remember(new Visit(answered, asked.headers()));
    }
    pagesSinceMark++;
    if (pagesSinceMark == stretch) {
      mark = asked;
      stretch *= 2;
      pagesSinceMark = 0;
    }
  }

  private void remember(Visit visit) {
    recent.remove(visit);
    recent.add(visit);
    if (recent.size() > REMEMBERED) {
      Iterator<Visit> oldest = recent.iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
