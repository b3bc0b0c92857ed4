package dev.fetchwell.internal.call;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the room of test doubles needs of a client's builder and its users must not see. The
 * builder's class says how when it is loaded, which is before anybody can have a builder.
 */
public final class BuilderAccess {

  private static final AtomicReference<@Nullable Function<Object, ClientDraft>> INSIDE =
      new AtomicReference<>();

  private BuilderAccess() {}

  /** How to get at what a builder fills. */
  public static void provide(Function<Object, ClientDraft> draftOf) {
    INSIDE.set(draftOf);
  }

  /** What an {@code AsyncHttpClient.Builder} fills. */
  public static ClientDraft draftOf(Object builder) {
    Function<Object, ClientDraft> inside = INSIDE.get();
    if (inside == null) {
      throw new IllegalStateException("no builder was made yet");
    }
    return inside.apply(builder);
  }
}
