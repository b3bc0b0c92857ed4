package dev.fetchwell.examples.benchmark.facade;

import dev.fetchwell.examples.benchmark.client.Json;
import java.io.IOException;
import okhttp3.Response;

/** What a call makes of its response: bytes, or a user. */
interface Reading<T> {

  Reading<byte[]> BYTES = response -> response.body().bytes();
  Reading<Object> JSON = response -> Json.user(response.body().bytes());

  T read(Response response) throws IOException;
}
