package dev.fetchwell.examples.service;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** What the service calls: user 7 at once, user 8 when it is told to, and nobody else. */
final class UserServer implements AutoCloseable {

  final CountDownLatch asked = new CountDownLatch(1);
  final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final MockWebServer server = new MockWebServer();

  UserServer() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            return answer(request.getTarget());
          }
        });
    server.start();
  }

  String url() {
    return server.url("/").toString();
  }

  private MockResponse answer(String path) throws InterruptedException {
    if (path.equals("/users/7")) {
      return user("{\"id\":7,\"name\":\"Ada\"}");
    }
    if (path.equals("/users/8")) {
      asked.countDown();
      if (mayAnswer.await(30, TimeUnit.SECONDS)) {
        return user("{\"id\":8,\"name\":\"Grace\"}");
      }
    }
    return new MockResponse.Builder().code(404).build();
  }

  private static MockResponse user(String json) {
    return new MockResponse.Builder().body(json).build();
  }

  @Override
  public void close() {
    mayAnswer.countDown();
    server.close();
  }
}
