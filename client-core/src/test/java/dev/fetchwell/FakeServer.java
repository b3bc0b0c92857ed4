package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;

/**
 * A server without a network: OkHttp asks it in place of its pool. Clients of it run on a manual
 * executor and a virtual timer.
 */
final class FakeServer implements Interceptor {

  /** One answer; null fields of OkHttp's builder are filled in. */
  interface Answer {

    Response.Builder to(Request request) throws IOException;
  }

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor threads = new ManualExecutor();
  private final List<Request> requests = new ArrayList<>();
  private final Deque<Answer> answers = new ArrayDeque<>();

  AsyncHttpClient.Builder client() {
    return client(VirtualPlatform.of(threads, timer));
  }

  AsyncHttpClient.Builder client(Platform platform) {
    return AsyncHttpClient.builder()
        .okHttp(new OkHttpClient.Builder().addInterceptor(this).build())
        .platform(platform);
  }

  FakeServer then(Answer answer) {
    answers.add(answer);
    return this;
  }

  static Answer answers(int status, String body, String... headers) {
    return request -> {
      Response.Builder response =
          new Response.Builder()
              .code(status)
              .body(ResponseBody.create(body, MediaType.get("application/json")));
      for (int i = 0; i < headers.length; i += 2) {
        response.header(headers[i], headers[i + 1]);
      }
      return response;
    };
  }

  /** The requests that came so far. */
  List<Request> requests() {
    return requests;
  }

  Request last() {
    return requests.get(requests.size() - 1);
  }

  String lastBody() throws IOException {
    Buffer buffer = new Buffer();
    if (last().body() != null) {
      last().body().writeTo(buffer);
    }
    return buffer.readUtf8();
  }

  /** A policy with a second between attempts. */
  static RetryPolicy everySecond() {
    return RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build();
  }

  /** Lets time pass second by second, and runs what there is to do meanwhile. */
  void run(Duration time) {
    threads.runAll();
    for (long second = 0; second < time.toSeconds(); second++) {
      timer.advance(Duration.ofSeconds(1));
      threads.runAll();
    }
    timer.runDue();
    threads.runAll();
  }

  /** No call and no timer is left. */
  void assertIdle(AsyncHttpClient client) {
    assertThat(timer.pending()).isZero();
    assertThat(client.stats().inFlight()).isZero();
    assertThat(client.stats().queued()).isZero();
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    requests.add(chain.request());
    Answer answer = answers.isEmpty() ? answers(200, "{}") : answers.remove();
    return answer
        .to(chain.request())
        .request(chain.request())
        .protocol(Protocol.HTTP_1_1)
        .message("")
        .build();
  }
}
