package dev.fetchwell.socket;

/** What a {@link ReconnectingWebSocket} is doing. */
public enum SocketState {
  /** The connection is being made and upgraded; messages wait. */
  CONNECTING,
  /** Messages come and go. */
  OPEN,
  /** The last connection was lost or refused; the next is made after a delay. Messages wait. */
  WAITING,
  /** It was stopped: what waits is sent, then the close frame, and what comes is handed over. */
  CLOSING,
  /** It has ended, and stays so. */
  CLOSED
}
