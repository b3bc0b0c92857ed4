package dev.fetchwell.internal.call;

import dev.fetchwell.internal.call.ActiveCalls.ActiveCall;
import dev.fetchwell.internal.pipeline.Reply;

/**
 * A call whose future has completed, and whose body is still on the wire. It knows neither the
 * future nor what that completed with: an open call must not keep its response reachable.
 */
final class OpenCall implements ActiveCall {

  private final Reply reply;

  OpenCall(Reply reply) {
    this.reply = reply;
  }

  @Override
  public boolean isSent() {
    return true;
  }

  @Override
  public void closeNow() {
    reply.cancel();
  }
}
