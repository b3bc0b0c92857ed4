package dev.fetchwell.examples.benchmark.load;

import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link LoadServer}s in a process. {@code open} answers with a port, {@code close PORT} with what
 * that port has counted. Ends with its input, and so with the process that started it.
 */
public final class ServerMain {

  private ServerMain() {}

  /** No arguments. */
  public static void main(String[] args) throws IOException {
    Vertx vertx = Vertx.vertx();
    Map<Integer, LoadServer> servers = new HashMap<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("open")) {
        LoadServer server = LoadServer.start(vertx);
        servers.put(server.port(), server);
        System.out.println(server.port());
      } else {
        System.out.println(closed(servers.remove(Integer.parseInt(line.split(" ", -1)[1]))));
      }
    }
    System.exit(0);
  }

  private static String closed(@Nullable LoadServer server) {
    if (server == null) {
      throw new IllegalArgumentException("no such port is open");
    }
    LoadServer.Counts counts = server.counts();
    server.close();
    return counts.requests() + "\t" + counts.mostInFlight() + "\t" + counts.connections();
  }
}
