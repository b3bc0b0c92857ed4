package dev.fetchwell.examples.benchmark.facade;

import dev.fetchwell.examples.benchmark.client.Json;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** An OkHttpClient that answers without a network: an interceptor stands in place of the wire. */
final class FakeWire {

  static final String URL = "https://api.example.com/users/7";

  private static final MediaType TYPE = MediaType.get("application/json");

  private FakeWire() {}

  static OkHttpClient client() {
    return new OkHttpClient.Builder().addInterceptor((Interceptor) FakeWire::answer).build();
  }

  private static Response answer(Interceptor.Chain chain) {
    return new Response.Builder()
        .request(chain.request())
        .protocol(Protocol.HTTP_1_1)
        .code(200)
        .message("OK")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .header("Server", "fake")
        .body(ResponseBody.create(Json.USER, TYPE))
        .build();
  }
}
