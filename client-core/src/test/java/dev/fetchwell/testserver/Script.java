package dev.fetchwell.testserver;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a {@link ScriptedServer} does with a request, or with a connection. {@link Scripts} and
 * {@link Faults} have ready-made ones.
 *
 * <p>Called on the connection's own thread, for several connections at once; may block. When it
 * returns and the connection is still open, the next request is read. An exception closes the
 * connection; one that is no {@code IOException} is thrown again by {@link ScriptedServer#close()}.
 */
@FunctionalInterface
public interface Script {

  void handle(Exchange exchange) throws Exception;

  /**
   * The first request goes to the first script, the second to the second; the last script keeps all
   * further ones.
   */
  static Script inOrder(Script... scripts) {
    List<Script> list = List.of(scripts);
    AtomicInteger next = new AtomicInteger();
    return exchange -> list.get(Math.min(next.getAndIncrement(), list.size() - 1)).handle(exchange);
  }

  /**
   * The first script for the first request of each connection, and so on; the last keeps all
   * further ones.
   */
  static Script inOrderOnEachConnection(Script... scripts) {
    List<Script> list = List.of(scripts);
    return exchange ->
        list.get(Math.min(exchange.requestNumberOnConnection(), list.size()) - 1).handle(exchange);
  }

  /** This script, and then the other one for the same request. */
  default Script then(Script other) {
    return exchange -> {
      handle(exchange);
      other.handle(exchange);
    };
  }
}
