package dev.fetchwell.internal.call;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rooms above the facade need of a client and of its builder, and their users must not
 * see. The facade's classes say how when they are loaded, which is before anybody can have one.
 */
public final class FacadeAccess {

  private static final AtomicReference<@Nullable Function<Object, ClientDraft>> DRAFTS =
      new AtomicReference<>();

  private static final AtomicReference<@Nullable Function<Object, ClientRuntime>> RUNTIMES =
      new AtomicReference<>();

  private FacadeAccess() {}

  /** How to get at what a builder fills. */
  public static void provideDrafts(Function<Object, ClientDraft> draftOf) {
    DRAFTS.set(draftOf);
  }

  /** How to get at what a client is made of. */
  public static void provideRuntimes(Function<Object, ClientRuntime> runtimeOf) {
    RUNTIMES.set(runtimeOf);
  }

  /** What an {@code AsyncHttpClient.Builder} fills. */
  public static ClientDraft draftOf(Object builder) {
    return provided(DRAFTS).apply(builder);
  }

  /** What an {@code AsyncHttpClient} is made of. */
  public static ClientRuntime runtimeOf(Object client) {
    return provided(RUNTIMES).apply(client);
  }

  private static <T> T provided(AtomicReference<@Nullable T> inside) {
    T known = inside.get();
    if (known == null) {
      throw new IllegalStateException("no client was made yet");
    }
    return known;
  }
}
