package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.HarRecorder;
import dev.fetchwell.observe.Waterfall;
import java.io.IOException;
import java.nio.file.Path;

/** The code of docs/observability.md about HAR files, as it stands there. */
final class HarSnippets {

  private HarSnippets() {}

  static void record(String url, Path har, Path page) throws IOException {
    // region: har
    try (HarRecorder recorder = HarRecorder.to(har);
        AsyncHttpClient client = AsyncHttpClient.builder().listener(recorder).build()) {
      client.getString(url).join();
    }
    Waterfall.html(har, page);
    // endregion
  }
}
