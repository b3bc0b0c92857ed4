package dev.fetchwell;

/** How the reply is wanted. */
enum ReplyMode {
  PLAIN,
  JSON,
  RESPONSE,
  STREAM
}
