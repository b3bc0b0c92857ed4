package dev.fetchwell.liveness;

import static dev.fetchwell.testkit.Sneaky.sneaky;

/** What a user's code may throw, declared or not. */
enum Thrown {
  RUNTIME_EXCEPTION,
  ERROR,
  SNEAKY_CHECKED_EXCEPTION,
  STACK_OVERFLOW;

  /** Throws it; returns nothing, so that a caller can say {@code throw} before it. */
  RuntimeException raise() {
    String message = "thrown by a test";
    Throwable thrown =
        switch (this) {
          case RUNTIME_EXCEPTION -> new IllegalStateException(message);
          case ERROR -> new AssertionError(message);
          case SNEAKY_CHECKED_EXCEPTION -> new Exception(message);
          case STACK_OVERFLOW -> new StackOverflowError(message);
        };
    throw sneaky(thrown);
  }
}
