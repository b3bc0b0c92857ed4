package dev.fetchwell.liveness;

/**
 * A place where the library calls a user's code.
 *
 * @param name the type and the method that are the user's
 * @param play sends calls that come by there, and throws there by {@link Scene#raise}
 */
record Seam(String name, Play play) {

  /** Uses a client in a way that reaches the seam. */
  @FunctionalInterface
  interface Play {

    void in(Scene scene) throws Exception;
  }

  @Override
  public String toString() {
    return name;
  }
}
