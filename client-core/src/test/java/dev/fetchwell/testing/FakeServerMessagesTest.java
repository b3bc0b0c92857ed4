package dev.fetchwell.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FakeServerMessagesTest {

  private final FakeServer server = FakeServer.create();

  private void unexpectedSays(String routes) {
    assertThatThrownBy(() -> server.await(server.client().getString("/user/7?key=hush")))
        .hasMessageContaining(
            "the fake server has no reply for GET https://fake.example/user/7?key=***"
                + " (expected: server.on(\"GET\", \"/user/7\", ...); it has "
                + routes
                + ")")
        .message()
        .doesNotContain("hush");
    assertThatThrownBy(server::verifyNoMore).hasMessageEndingWith("it has " + routes + ")");
  }

  @Test
  void requestWithoutAReplySaysWhichRoutesThereAre() {
    server.on("GET", "/users/{id}", FakeReply.text("old"));
    server.on("post", "https://api.example.com/users", FakeReply.status(201));
    server.on("GET", "/users/{id}", FakeReply.text("new"));

    unexpectedSays("POST https://api.example.com/users, GET /users/{id}");
  }

  @Test
  void serverWithoutRoutesSaysSo() {
    unexpectedSays("none yet");
  }

  @Test
  void manyRoutesAreNotAllShown() {
    for (int i = 0; i < 25; i++) {
      server.on("GET", "/" + i, FakeReply.text("ok"));
    }

    assertThatThrownBy(() -> server.await(server.client().getString("/none")))
        .rootCause()
        .hasMessageContaining("it has GET /0, GET /1, ")
        .hasMessageEndingWith("GET /19 and 5 more)");
  }
}
