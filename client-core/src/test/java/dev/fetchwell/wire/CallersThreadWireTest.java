package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are quicker than the way back of whoever calls. */
class CallersThreadWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void listenersOfAnAnswerAreNotTheCallersBusiness(boolean singleFlight) {
    Interceptor atOnce =
        chain ->
            new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(ResponseBody.create("ok", null))
                .build();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CallListener listener =
        new CallListener() {
          @Override
          public void attemptEnded(AttemptEnded event) {
            threads.add(Thread.currentThread());
          }

          @Override
          public void callEnded(CallEnded event) {
            threads.add(Thread.currentThread());
          }
        };
    OkHttpClient own = new OkHttpClient.Builder().addInterceptor(atOnce).build();
    AsyncHttpClient client =
        wire.client(b -> b.okHttp(own).listener(listener).singleFlight(singleFlight));
    for (int i = 0; i < 2_000; i++) {
      assertThat(value(client.getString("http://127.0.0.1/"))).isEqualTo("ok");
    }
    assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
  }
}
