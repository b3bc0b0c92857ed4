package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequestsTest {

  private static final String URL = "https://api.example.com/users/{id}";

  @Test
  void everyVerbOfWhatWrapsAClientIsWrapped() {
    try (AsyncHttpClient client = AsyncHttpClient.create()) {
      Requests tenant =
          (method, url, variables) ->
              client.request(method, url, variables).header("X-Tenant", "north");

      List<RequestSpec> all =
          List.of(
              tenant.get(URL, 7),
              tenant.head(URL, 7),
              tenant.options(URL, 7),
              tenant.delete(URL, 7),
              tenant.post(URL, 7),
              tenant.put(URL, 7),
              tenant.patch(URL, 7));

      assertThat(all)
          .allSatisfy(
              spec ->
                  assertThat(spec.toRequest().orElseThrow().header("X-Tenant")).contains("north"));
      assertThat(all)
          .extracting(spec -> spec.toRequest().orElseThrow().toString())
          .containsExactly(
              "GET https://api.example.com/users/7",
              "HEAD https://api.example.com/users/7",
              "OPTIONS https://api.example.com/users/7",
              "DELETE https://api.example.com/users/7",
              "POST https://api.example.com/users/7",
              "PUT https://api.example.com/users/7",
              "PATCH https://api.example.com/users/7");
    }
  }
}
