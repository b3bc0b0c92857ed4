package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import org.jspecify.annotations.Nullable;

/** Makes of a reply what the caller asked for; runs on the call's own thread. */
@FunctionalInterface
interface Terminal<T extends @Nullable Object> {

  /**
   * The value.
   *
   * @throws FetchError if the reply is not what was asked for
   */
  T value(Reply reply, CallContext context);

  /**
   * The value in spite of an error.
   *
   * @throws FetchError the error, where there is none
   */
  default T recover(FetchError error, CallContext context) {
    throw error;
  }
}
