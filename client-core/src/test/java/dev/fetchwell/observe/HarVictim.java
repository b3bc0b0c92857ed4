package dev.fetchwell.observe;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import java.nio.file.Path;

/** A process that records calls until it is killed. */
public final class HarVictim {

  private HarVictim() {}

  /** Says a line when some calls are done. */
  public static void main(String[] args) {
    FakeServer server = FakeServer.create();
    server.on("GET", "/{id}", FakeReply.status(503), FakeReply.text("answer ".repeat(1000)));
    HarRecorder recorder = HarRecorder.to(Path.of(args[0])).bodies(64 << 10);
    AsyncHttpClient client = server.client(builder -> builder.listener(recorder));
    for (int i = 0; ; i++) {
      server.await(client.getString("/" + i));
      if (i == 100) {
        System.out.println("some are done");
      }
    }
  }
}
