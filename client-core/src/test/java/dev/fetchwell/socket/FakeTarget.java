package dev.fetchwell.socket;

import dev.fetchwell.error.FetchError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records what a user would hear. */
class FakeTarget implements Inbox.Target {

  final List<String> heard = new ArrayList<>();

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void message(SocketMessage message) {
    heard.add(message instanceof SocketMessage.Text text ? text.text() : "binary");
  }

  @Override
  public void open() {
    heard.add("onOpen");
  }

  @Override
  public void state(SocketState state) {
    heard.add(state.toString());
  }

  @Override
  public void ended(@Nullable FetchError error) {
    heard.add(error == null ? "end" : "end with " + error.getClass().getSimpleName());
  }
}
