package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** Clients that share, and servers that answer when the test lets them. */
final class SingleFlightRig {

  final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final ClientsAndServers wire;

  SingleFlightRig(ClientsAndServers wire) {
    this.wire = wire;
  }

  AsyncHttpClient sharing() {
    return wire.client(builder -> builder.singleFlight(true));
  }

  /** A server that answers when it may. */
  ScriptedServer serving(Script answer) {
    return wire.server(
        exchange -> {
          awaitLeave();
          answer.handle(exchange);
        });
  }

  static List<CompletableFuture<String>> calls(RequestSpec request, int count) {
    Function<RequestSpec, CompletableFuture<String>> send = RequestSpec::asString;
    return Stream.generate(() -> send.apply(request)).limit(count).toList();
  }

  /** Returns when the server may answer. */
  void awaitLeave() throws IOException {
    try {
      assertThat(mayAnswer.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException("the server was closed", e);
    }
  }
}
