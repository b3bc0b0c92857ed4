package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.policy.RetryPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.OkHttpClient;

/** Each way in which the transport fails, and whether the server may have acted on the request. */
public final class ConnectionErrors implements Section {

  @Override
  public String title() {
    return "Errors as values: connections";
  }

  @Override
  public void show(DemoServer server, Report report) throws IOException {
    // No lookup leaves this machine: an OkHttpClient of your own brings its own DNS.
    OkHttpClient withoutDns = new OkHttpClient.Builder().dns(ConnectionErrors::lookUp).build();
    server
        .routes()
        .add("/loop", exchange -> exchange.header("Location", "/loop").text(302, "text/plain", ""));
    try (AsyncHttpClient client =
            AsyncHttpClient.builder()
                .baseUrl(server.baseUrl())
                .okHttp(withoutDns)
                .retry(RetryPolicy.none())
                .build();
        DeadEnds deadEnds = new DeadEnds()) {
      show(client, Kind.DNS, "a host that does not exist", "http://nowhere.invalid/", report);
      show(client, Kind.CONNECT, "a port where nobody listens", deadEnds.refused(), report);
      show(client, Kind.TLS, "https to a plain http port", deadEnds.tlsWithoutTls(), report);
      show(client, Kind.RESET, "a reset in place of an answer", "/reset", report);
      show(client, Kind.PROTOCOL, "redirects without end", "/loop", report);
      report.claim("the loop ended after 20 redirects", server.requests("/loop") == 21);
    }
  }

  private static void show(
      AsyncHttpClient client, Kind kind, String when, String url, Report report) {
    boolean reachesServer = kind == Kind.RESET || kind == Kind.PROTOCOL;
    report.error(
        ConnectionError.class,
        kind + ": " + when,
        () -> Errors.of(client.get(url)),
        error -> error.kind() == kind && error.mayHaveBeenProcessed() == reachesServer);
  }

  private static List<InetAddress> lookUp(String host) throws UnknownHostException {
    if (host.equals("127.0.0.1")) {
      return List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }
    throw new UnknownHostException(host);
  }
}
