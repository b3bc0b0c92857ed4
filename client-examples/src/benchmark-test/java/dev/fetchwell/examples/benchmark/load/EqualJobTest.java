package dev.fetchwell.examples.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.examples.benchmark.client.ClientUnderTest;
import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Job;
import dev.fetchwell.examples.benchmark.client.Protocol;
import dev.fetchwell.examples.benchmark.client.User;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every client does the whole job: none is cheap because it does less. */
class EqualJobTest {

  private static final User ADA = new User(7, "Ada Lovelace", "ada@example.com");

  private static Vertx vertx;

  private LoadServer server;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void listen() {
    server = LoadServer.start(vertx);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  static Stream<Arguments> clients() {
    return Clients.named("all").stream()
        .flatMap(
            client -> Stream.of(Protocol.values()).map(protocol -> Arguments.of(client, protocol)));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void userIsDecoded(Clients client, Protocol protocol) throws Exception {
    try (ClientUnderTest open = client.open(Job.of(4, protocol))) {
      assertThat(get(open, "/users/7")).isEqualTo(ADA);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void unavailableIsAskedAgain(Clients client, Protocol protocol) throws Exception {
    try (ClientUnderTest open = client.open(Job.of(4, protocol))) {
      assertThat(get(open, "/flaky/1")).isEqualTo(ADA);
      assertThat(asked(client, protocol)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void unavailableIsAskedThreeTimesInAll(Clients client, Protocol protocol) {
    try (ClientUnderTest open = client.open(Job.of(4, protocol))) {
      assertThatThrownBy(() -> get(open, "/broken")).isInstanceOf(ExecutionException.class);
      assertThat(asked(client, protocol)).isEqualTo(Job.ATTEMPTS);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void silentServerEndsTheCallInTime(Clients client, Protocol protocol) {
    Job job = new Job(4, protocol, Duration.ofMillis(200), Duration.ofMillis(500));
    try (ClientUnderTest open = client.open(job)) {
      assertThatThrownBy(() -> get(open, "/silent")).isInstanceOf(ExecutionException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void noMoreThanTheJobSaysAreInFlight(Clients client, Protocol protocol) throws Exception {
    try (ClientUnderTest open = client.open(Job.of(2, protocol))) {
      List<CompletableFuture<User>> users = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        users.add(open.get(server.url("/users/7?after=50")));
      }
      for (CompletableFuture<User> user : users) {
        assertThat(user.get(20, TimeUnit.SECONDS)).isEqualTo(ADA);
      }
      assertThat(server.counts().mostInFlight()).isLessThanOrEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void asManyAsTheJobSaysAreInFlight(Clients client, Protocol protocol) throws Exception {
    int many = client == Clients.OKHTTP_DEFAULTS ? 5 : 40;
    try (ClientUnderTest open = client.open(Job.of(many, protocol))) {
      List<CompletableFuture<User>> users = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        users.add(open.get(server.url("/users/7?after=1000")));
      }
      for (CompletableFuture<User> user : users) {
        assertThat(user.get(20, TimeUnit.SECONDS)).isEqualTo(ADA);
      }
      assertThat(server.counts().mostInFlight()).isEqualTo(many);
    }
  }

  /** Without the request that upgrades java.net.http to HTTP/2. */
  private int asked(Clients client, Protocol protocol) {
    boolean upgraded = client == Clients.JDK && protocol == Protocol.H2;
    return server.counts().requests() - (upgraded ? 1 : 0);
  }

  private User get(ClientUnderTest client, String path) throws Exception {
    return client.get(server.url(path)).get(20, TimeUnit.SECONDS);
  }
}
