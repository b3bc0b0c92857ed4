package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import org.jspecify.annotations.Nullable;

/**
 * What a stage that stands before the queues of an attempt still has to say right before it is
 * sent, and hears first of its reply: it may be long until then, and what the reply leads to must
 * be known before the permit goes to the next.
 */
public interface LastLook {

  /** What the attempt must not be sent for now, or null. */
  @Nullable FetchError refusal();

  /** The reply is here; the attempt still holds its permit. */
  void replied(Reply reply);
}
