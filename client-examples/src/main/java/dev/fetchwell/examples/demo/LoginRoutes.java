package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logs programs in by their credentials (<a
 * href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>), and has a
 * page for those who are: 401 without a token that is still good.
 */
final class LoginRoutes {

  private static final String CREDENTIALS =
      "Basic " + Base64.getEncoder().encodeToString("demo:secret".getBytes(StandardCharsets.UTF_8));

  /** The tokens that were not revoked, and when they expire. */
  private final Map<String, Long> expiries = new ConcurrentHashMap<>();

  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private LoginRoutes() {}

  static void addTo(Routes routes) {
    LoginRoutes login = new LoginRoutes();
    routes.add("/token", login::token);
    routes.add("/token/revoke", login::revoke);
    routes.add("/private", login::page);
  }

  private void token(DemoExchange exchange) throws IOException {
    DemoRequest request = exchange.request();
    boolean asks = request.text().contains("grant_type=client_credentials");
    if (!CREDENTIALS.equals(request.header("Authorization"))) {
      exchange.header("WWW-Authenticate", "Basic").error(401, "invalid_client");
    } else if (!request.method().equals("POST") || !asks) {
      exchange.error(400, "unsupported_grant_type");
    } else {
      long seconds = request.number("seconds", 3600);
      String token = UUID.randomUUID().toString();
      expiries.put(token, System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
      exchange.json(
          200, Map.of("access_token", token, "token_type", "Bearer", "expires_in", seconds));
    }
  }

  private void revoke(DemoExchange exchange) throws IOException {
    expiries.clear();
    exchange.empty(204);
  }

  private void page(DemoExchange exchange) throws IOException {
    String authorization = String.valueOf(exchange.request().header("Authorization"));
    Long expiry = expiries.get(authorization.replaceFirst("^Bearer ", ""));
    if (expiry == null || expiry - System.nanoTime() < 0) {
      refused.incrementAndGet();
      exchange.header("WWW-Authenticate", "Bearer").error(401, "invalid_token");
    } else {
      Map<String, Integer> counts =
          Map.of("accepted", accepted.incrementAndGet(), "refused", refused.get());
      exchange.json(200, counts);
    }
  }
}
