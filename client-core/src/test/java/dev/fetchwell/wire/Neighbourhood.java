package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import okhttp3.OkHttpClient;

/**
 * A server at an address that the guard lets through, and one at an address that it blocks: all of
 * 127.0.0.0/8 is loopback.
 */
final class Neighbourhood {

  static final AddressGuard GUARD = AddressGuard.publicOnly().allow("127.0.0.2/32");

  static final InetAddress ALLOWED = address(127, 0, 0, 2);
  static final InetAddress BLOCKED = address(127, 0, 0, 1);
  static final InetAddress BLOCKED_IPV6 = address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

  /** To listen at all of them. */
  static final InetAddress ANY = address(0, 0, 0, 0);

  private final ClientsAndServers wire;

  Neighbourhood(ClientsAndServers wire) {
    this.wire = wire;
  }

  private static InetAddress address(int... octets) {
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) octets[i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  AsyncHttpClient guarded() {
    return guarded(builder -> builder);
  }

  AsyncHttpClient guarded(UnaryOperator<AsyncHttpClient.Builder> settings) {
    return wire.client(builder -> settings.apply(builder.addressGuard(GUARD)));
  }

  AsyncHttpClient guardedOn(OkHttpClient own) {
    wire.closing(() -> own.connectionPool().evictAll());
    return guarded(builder -> builder.okHttp(own));
  }

  ScriptedServer blocked() {
    return wire.server(Scripts.respond(200, "secret"));
  }

  /** Answers one request after the other. */
  MockWebServer allowed(MockResponse... answers) {
    MockWebServer server = wire.closing(new MockWebServer());
    for (MockResponse answer : answers) {
      server.enqueue(answer);
    }
    return started(server, 0);
  }

  static MockWebServer started(MockWebServer server, int port) {
    try {
      server.start(ALLOWED, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return server;
  }

  static String url(MockWebServer server, String path) {
    return "http://127.0.0.2:" + server.getPort() + path;
  }

  static MockResponse ok() {
    return new MockResponse.Builder().body("ok").build();
  }

  static MockResponse redirect(int status, String to) {
    return new MockResponse.Builder().code(status).addHeader("Location", to).build();
  }

  /**
   * No connection was made to it: what comes now is the first that it accepts, and whoever came
   * before would have been accepted before.
   */
  static void assertUntouched(ScriptedServer server) throws IOException {
    try (Socket first = new Socket(BLOCKED, server.port())) {
      server.awaitConnections(1);
      assertThat(first.isConnected()).isTrue();
      assertThat(server.acceptedConnections()).isEqualTo(1);
    }
  }

  /** Always the same answer. */
  static Dns answer(InetAddress... addresses) {
    return name -> List.of(addresses);
  }

  /** One answer, and then another one for ever. */
  static Dns answers(List<InetAddress> first, List<InetAddress> then) {
    Queue<List<InetAddress>> left = new ConcurrentLinkedQueue<>(List.of(first, then));
    return name -> {
      List<InetAddress> next = left.size() > 1 ? left.poll() : left.peek();
      if (next == null) {
        throw new UnknownHostException(name);
      }
      return next;
    };
  }
}
