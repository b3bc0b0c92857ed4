package dev.fetchwell.internal.call;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one client, which change each request on the thread that sends it. A call that a
 * hook makes itself has none, on that thread: it would run the hook again without end.
 */
final class BeforeCall {

  private final List<BiConsumer<ClientRuntime, RequestDraft>> hooks;

  /** Whether this thread is in a hook of this client. */
  private final ThreadLocal<@Nullable Boolean> running = new ThreadLocal<>();

  BeforeCall(List<BiConsumer<ClientRuntime, RequestDraft>> hooks) {
    this.hooks = hooks;
  }

  /** The request as it is sent: a copy if a hook may change it, as it may be sent again. */
  RequestDraft changed(RequestDraft asked, ClientRuntime client) {
    if (hooks.isEmpty() || asked.isPrepared()) {
      return asked;
    }
    RequestDraft copy = asked.copy();
    run(copy, client);
    return copy;
  }

  /** Changes the request itself, and all that will be made of it, once. */
  void run(RequestDraft request, ClientRuntime client) {
    if (hooks.isEmpty() || request.isPrepared() || running.get() != null) {
      return;
    }
    request.prepare();
    running.set(true);
    try {
      hooks.forEach(hook -> hook.accept(client, request));
    } catch (Throwable thrown) {
      request.failPreparing(thrown);
    } finally {
      running.remove();
    }
  }
}
