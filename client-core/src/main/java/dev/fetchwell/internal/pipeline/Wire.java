package dev.fetchwell.internal.pipeline;

/** Where requests leave the pipeline: the last stage, and the connections that it has. */
public interface Wire extends Stage, AutoCloseable {

  /** Connections open now or being opened, also those that other clients of the pool use. */
  int openConnections();

  /** Connections that carry no call now. */
  int idleConnections();

  /** Gives up what it holds; its client has ended. */
  @Override
  void close();
}
