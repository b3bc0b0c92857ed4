package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.redirect.Redirects;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.List;

/** The stages of a client, in the order in which a call meets them. */
final class Pipeline {

  private Pipeline() {}

  static Stage onto(Stage wire, Permits permits, RetryRegistry retries, Platform platform) {
    return Layer.onto(
        wire,
        List.of(
            Deadline.layer(),
            Redirects.layer(),
            Retries.layer(retries, platform),
            permits.layer(),
            AttemptTimeout.layer()));
  }
}
