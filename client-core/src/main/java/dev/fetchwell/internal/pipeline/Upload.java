package dev.fetchwell.internal.pipeline;

/** How far a request's body is on its way. */
public enum Upload {
  /** Not begun; or there is none. */
  NONE,
  /** The network takes it. */
  RUNNING,
  /** The network has taken all of it. */
  SENT
}
