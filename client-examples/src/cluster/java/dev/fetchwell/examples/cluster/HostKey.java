package dev.fetchwell.examples.cluster;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.http.FetchRequest;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * The host of a URL as the client's limits know it, so that all of a host's URLs go to one subtask,
 * and the limit of its client is the limit of the cluster. What is no URL has the empty key.
 */
final class HostKey implements KeySelector<String, String> {

  private static final long serialVersionUID = 1;

  @Override
  public String getKey(String url) {
    // It only reads the URL here: nothing is sent by this client.
    return AsyncHttpClient.shared().get(url).toRequest().map(FetchRequest::host).orElse("");
  }
}
