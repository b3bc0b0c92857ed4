package dev.fetchwell.examples.demo;

import java.io.IOException;

/**
 * What the demo server does with the requests to one path. Called on the connection's own thread;
 * may block.
 */
@FunctionalInterface
public interface Route {

  /**
   * Answers one request, with exactly one of the exchange's answering methods.
   *
   * @throws IOException if the client hung up meanwhile
   */
  void handle(DemoExchange exchange) throws IOException;
}
