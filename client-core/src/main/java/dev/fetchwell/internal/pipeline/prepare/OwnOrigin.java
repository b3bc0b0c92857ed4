package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.text.RequestUri;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where goes what belongs to the client alone: to the origin of its base URL, and without one to
 * wherever its user sends a call. Never to where another server led it, nor back from there.
 *
 * @param base the base URL, if there is one
 */
public record OwnOrigin(@Nullable URI base) {

  /** Whether a request may have what belongs to the client. */
  boolean covers(FetchRequest request) {
    return !request.isLedAway() && (base == null || RequestUri.sameOrigin(base, request.url()));
  }
}
