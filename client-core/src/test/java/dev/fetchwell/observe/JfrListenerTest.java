package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JfrListenerTest {

  @TempDir private Path folder;

  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client =
      server.client(builder -> builder.listener(new JfrListener()));

  @Test
  void callsAndAttemptsAreRecordedWithoutSecrets() throws Exception {
    server.on("GET", "/users/7", FakeReply.status(503), FakeReply.text("ok"));
    server.on("GET", "/gone", FakeReply.status(404));
    List<RecordedEvent> events;
    try (Recording recording = new Recording()) {
      recording.enable("dev.fetchwell.Call");
      recording.enable("dev.fetchwell.Attempt");
      recording.start();
      server.await(client.get("/users/7?key=secret").tag("user").asString());
      assertThatThrownBy(() -> server.await(client.getString("/gone")));
      recording.stop();
      Path file = folder.resolve("calls.jfr");
      recording.dump(file);
      events = RecordingFile.readAllEvents(file);
    }

    List<RecordedEvent> calls = named("dev.fetchwell.Call", events);
    assertThat(calls).hasSize(2);
    assertThat(calls.get(0).getString("url")).isEqualTo("https://fake.example/users/7?key=***");
    assertThat(calls.get(0).getString("tag")).isEqualTo("user");
    assertThat(calls.get(0).getInt("status")).isEqualTo(200);
    assertThat(calls.get(0).getInt("attempts")).isEqualTo(2);
    assertThat(calls.get(1).getString("error")).isEqualTo("status 404");
    List<RecordedEvent> attempts = named("dev.fetchwell.Attempt", events);
    assertThat(attempts).extracting(event -> event.getInt("number")).containsExactly(1, 2, 1);
    assertThat(attempts).extracting(event -> event.getInt("status")).containsExactly(503, 200, 404);
    assertThat(attempts.get(1).getLong("call")).isEqualTo(calls.get(0).getLong("call"));
  }

  private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
  }

  @Test
  void callGoesOnAsBeforeWhileNothingRecords() {
    server.on("GET", "/x", FakeReply.text("ok"));

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
  }
}
