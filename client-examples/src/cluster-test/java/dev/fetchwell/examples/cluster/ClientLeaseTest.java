package dev.fetchwell.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ClientLeaseTest {

  private static final ClientSettings SETTINGS = new ClientSettings(Duration.ofSeconds(3), 2);

  @Test
  void leasesOfTheSameSettingsShareOneClient() {
    try (ClientLease one = ClientLease.take(SETTINGS);
        ClientLease other = ClientLease.take(new ClientSettings(Duration.ofSeconds(3), 2));
        ClientLease different = ClientLease.take(new ClientSettings(Duration.ofSeconds(3), 4))) {
      assertThat(other.client()).isSameAs(one.client()).isNotSameAs(different.client());
      assertThat(other.name()).isEqualTo(one.name()).isNotEqualTo(different.name());
    }
  }

  @Test
  void lastLeaseClosesTheClientAndTheNextMakesAnother() {
    ClientLease one = ClientLease.take(SETTINGS);
    ClientLease other = ClientLease.take(SETTINGS);
    AsyncHttpClient client = one.client();
    one.close();
    one.close();
    assertThat(client.getString("htp://nowhere"))
        .failsWithin(Duration.ofSeconds(5))
        .withThrowableThat()
        .withMessageNotContaining("closed");
    other.close();
    assertThatThrownBy(() -> client.getString("http://127.0.0.1:1/").join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ClientClosedError.class);
    try (ClientLease next = ClientLease.take(SETTINGS)) {
      assertThat(next.client()).isNotSameAs(client);
    }
  }
}
