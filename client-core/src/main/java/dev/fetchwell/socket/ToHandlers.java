package dev.fetchwell.socket;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Guard;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands over to a user's handlers. */
final class ToHandlers implements Inbox.Target {

  private final SocketSettings settings;
  private final ReconnectingWebSocket socket;
  private final Inbox.@Nullable Target messages;

  /**
   * Creates it.
   *
   * @param messages gets the messages in place of the handlers, and the end
   */
  ToHandlers(
      SocketSettings settings, ReconnectingWebSocket socket, Inbox.@Nullable Target messages) {
    this.settings = settings;
    this.socket = socket;
    this.messages = messages;
  }

  @Override
  public boolean isReady() {
    return messages == null || messages.isReady();
  }

  @Override
  public void message(SocketMessage message) {
    if (messages != null) {
      messages.message(message);
    } else if (message instanceof SocketMessage.Text text && settings.onText != null) {
      settings.onText.accept(socket, text.text());
    } else if (message instanceof SocketMessage.Binary binary && settings.onBinary != null) {
      settings.onBinary.accept(socket, binary.bytes());
    }
  }

  @Override
  public void open() {
    if (settings.onOpen != null) {
      settings.onOpen.accept(socket);
    }
  }

  @Override
  public void state(SocketState state) {
    Consumer<? super SocketState> onState = settings.onState;
    if (onState != null) {
      Guard.run(() -> onState.accept(state));
    }
  }

  @Override
  public void ended(@Nullable FetchError error) {
    if (messages != null) {
      messages.ended(error);
    }
  }
}
