package dev.fetchwell.examples.benchmark.facade;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** The two ways in which users make a future of an OkHttp call. */
final class OkHttpCalls {

  private OkHttpCalls() {}

  /** On a thread of the caller's. */
  static <T> CompletableFuture<T> execute(
      OkHttpClient client, ExecutorService threads, Reading<T> reading) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Call call = client.newCall(new Request.Builder().url(FakeWire.URL).build());
    threads.execute(
        () -> {
          T value;
          try (Response response = call.execute()) {
            value = reading.read(response);
          } catch (IOException e) {
            result.completeExceptionally(e);
            return;
          }
          result.complete(value);
        });
    return result;
  }

  /** On a thread of the Dispatcher's. */
  static <T> CompletableFuture<T> enqueue(OkHttpClient client, Reading<T> reading) {
    CompletableFuture<T> result = new CompletableFuture<>();
    client
        .newCall(new Request.Builder().url(FakeWire.URL).build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                result.completeExceptionally(e);
              }

              @Override
              public void onResponse(Call call, Response response) {
                T value;
                try (response) {
                  value = reading.read(response);
                } catch (IOException e) {
                  result.completeExceptionally(e);
                  return;
                }
                result.complete(value);
              }
            });
    return result;
  }
}
