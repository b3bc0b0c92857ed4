package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

class HearsTest {

  private final FakeServer server = FakeServer.create();
  private final List<String> told = new ArrayList<>();

  private class Listener implements CallListener {

    private final String name;
    private boolean hears;

    private Listener(String name, boolean hears) {
      this.name = name;
      this.hears = hears;
    }

    @Override
    public boolean hears() {
      return hears;
    }

    @Override
    public void callEnded(CallEnded event) {
      told.add(name + " " + event.status());
    }
  }

  private void call(CallListener... listeners) {
    server.on("GET", "/", FakeReply.text("ok"));
    AsyncHttpClient client =
        server.client(
            builder -> {
              for (CallListener listener : listeners) {
                builder.listener(listener);
              }
            });
    assertThat(server.await(client.getString("/"))).isEqualTo("ok");
  }

  @Test
  void listenerThatDoesNotHearIsNotTold() {
    call(new Listener("deaf", false));
    assertThat(told).isEmpty();
  }

  @Test
  void listenerHearsOfCallsThatBeginOnceItWantsTo() {
    Listener listener = new Listener("late", false);
    server.on("GET", "/", FakeReply.text("ok"));
    AsyncHttpClient client = server.client(builder -> builder.listener(listener));
    server.await(client.getString("/"));
    listener.hears = true;
    server.await(client.getString("/"));
    assertThat(told).containsExactly("late 200");
  }

  @Test
  void allAreToldWhereOneHears() {
    call(new Listener("deaf", false), new Listener("hearing", true));
    assertThat(told).containsExactly("deaf 200", "hearing 200");
  }

  @Test
  void listenerWhoseAnswerThrowsIsTold() {
    call(
        new Listener("broken", true) {
          @Override
          public boolean hears() {
            throw new LinkageError("told to");
          }
        });
    assertThat(told).containsExactly("broken 200");
  }

  @Test
  void flightRecorderIsToldOnlyWhileItRecords() throws IOException {
    JfrListener listener = new JfrListener();
    assertThat(listener.hears()).isFalse();
    try (Recording recording = new Recording()) {
      recording.enable("dev.fetchwell.Call");
      recording.start();
      assertThat(listener.hears()).isTrue();
    }
    assertThat(listener.hears()).isFalse();
  }
}
