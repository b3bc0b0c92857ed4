package dev.fetchwell.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NioServerTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void requestsOnOneConnectionAreAnsweredAtOnce() throws Exception {
    try (NioServer server = NioServer.start();
        RawClient client = new RawClient(server.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.get("/" + i).readUntil("}")).startsWith("HTTP/1.1 200 OK\r\n");
      }
      assertThat(server.statistics()).isEqualTo(new LoadStatistics(100, 0, 1, 1, 1));
    }
  }

  @Test
  void bodiesAreReadToTheirEnd() throws Exception {
    try (NioServer server = NioServer.start();
        RawClient client = new RawClient(server.port())) {
      client.send("POST / HTTP/1.1\r\ncontent-length: 200000\r\n\r\nxx");
      client.send("x".repeat(199_998)).readUntil("}");
      client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
      client.send("lo\r\n0\r\n").send("\r\n").readUntil("}");
      client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi").readUntil("}");
      client.get("/").readUntil("}");
      assertThat(server.statistics().requests()).isEqualTo(4);
    }
  }

  @Test
  void requestsAreHeldUntilEnoughAreInFlight() throws Exception {
    int count = 1_000;
    List<RawClient> clients = new ArrayList<>();
    try (NioServer server = NioServer.start()) {
      server.hold(count);
      for (int i = 1; i < count; i++) {
        clients.add(new RawClient(server.port()).get("/"));
      }
      server.awaitInFlight(count - 1, SOON);
      clients.add(new RawClient(server.port()).get("/"));
      for (RawClient client : clients) {
        client.readUntil("}");
      }
      clients.get(0).get("/").readUntil("}");
      assertThat(server.statistics())
          .isEqualTo(new LoadStatistics(count + 1, 0, count, count, count));
    } finally {
      closeAll(clients);
    }
  }

  @Test
  void stalledRequestEndsWithItsConnectionOrItsRelease() throws Exception {
    try (NioServer server = NioServer.start();
        RawClient patient = new RawClient(server.port())) {
      server.stall();
      try (RawClient hasty = new RawClient(server.port())) {
        hasty.get("/");
        patient.get("/");
        server.awaitInFlight(2, SOON);
      }
      while (server.statistics().inFlight() > 1) {
        LockSupport.parkNanos(1_000_000);
      }
      server.release();
      patient.readUntil("}");
      server.unavailable();
      assertThat(patient.get("/").readUntil("}")).startsWith("HTTP/1.1 503 ");
      assertThat(server.statistics()).isEqualTo(new LoadStatistics(3, 0, 2, 1, 2));
      server.resetStatistics();
      assertThat(server.statistics().requests()).isZero();
    }
  }

  @Test
  void closedServerClosesItsConnections() throws Exception {
    NioServer server = NioServer.start();
    try (RawClient client = new RawClient(server.port())) {
      client.get("/").readUntil("}");
      server.close();
      server.close();
      assertThat(client.readAll()).isEmpty();
    }
  }

  @Test
  void processObeysAndCounts() throws Exception {
    try (NioServerProcess server = NioServerProcess.start();
        RawClient client = new RawClient(server.port())) {
      client.get("/").readUntil("}");
      server.unavailable();
      assertThat(client.get("/").readUntil("}")).startsWith("HTTP/1.1 503 ");
      assertThat(server.statistics()).isEqualTo(new LoadStatistics(2, 0, 1, 1, 1));
    }
  }

  private static void closeAll(List<RawClient> clients) throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
  }
}
