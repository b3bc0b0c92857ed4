package dev.fetchwell.testkit;

/** Throws checked exceptions where the compiler allows none, as other languages do. */
public final class Sneaky {

  private Sneaky() {}

  /** Throws it; the result is for callers that need a statement that ends here. */
  public static RuntimeException sneaky(Throwable thrown) {
    throw Sneaky.<RuntimeException>as(thrown);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // What makes it sneaky.
  private static <E extends Throwable> E as(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
