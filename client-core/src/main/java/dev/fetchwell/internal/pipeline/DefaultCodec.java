package dev.fetchwell.internal.pipeline;

import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JacksonCodec2;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.json.JsonCodecException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The codec of a client that was given none: Jackson 3, else Jackson 2, whichever can be used here.
 * It is looked for when JSON is first read or written and not before, as an application without a
 * usable one must start all the same, and may never need it. Thread-safe.
 */
public final class DefaultCodec implements JsonCodec {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private static final DefaultCodec PROCESS_WIDE =
      new DefaultCodec(() -> new JacksonCodec(), () -> new JacksonCodec2());

  private static final String JACKSON_3 = "tools.jackson.core:jackson-databind";
  private static final String ANNOTATIONS = "com.fasterxml.jackson.core:jackson-annotations";

  /** A bean whose deserializer is made, as Jackson may load and still lack what that needs. */
  record Probe(int value) {}

  /** What was found: a codec, or what to do about having none. */
  private record Found(@Nullable JsonCodec codec, String problem, @Nullable Throwable without3) {}

  private final Supplier<? extends JsonCodec> jackson3;
  private final Supplier<? extends JsonCodec> jackson2;

  /** Written without a lock: who comes at the same time finds the same. */
  private volatile @Nullable Found found;

  DefaultCodec(Supplier<? extends JsonCodec> jackson3, Supplier<? extends JsonCodec> jackson2) {
    this.jackson3 = jackson3;
    this.jackson2 = jackson2;
  }

  /** The one of the process. */
  public static DefaultCodec get() {
    return PROCESS_WIDE;
  }

  @Override
  public byte[] encode(Object value) {
    return codec().encode(value);
  }

  @Override
  public @Nullable Object decode(byte[] json, Type type) {
    return codec().decode(json, type);
  }

  /**
   * Nothing, if values of a type can be decoded as far as that is known before.
   *
   * @throws IllegalArgumentException if not; it says what to add
   */
  public void check(Type type) {
    Found known = found();
    if (known.codec == null) {
      throw new IllegalArgumentException(known.problem, known.without3);
    }
    if (known.without3 != null && type.getTypeName().startsWith("tools.jackson.")) {
      throw new IllegalArgumentException(treeOf(known.without3), known.without3);
    }
  }

  /** What to do about a tree that Jackson 3 would have to make. */
  public static String treeOf(Throwable without3) {
    return "a JSON tree of tools.jackson.databind.JsonNode needs Jackson 3, which "
        + why(without3)
        + "; or ask for a type of your own, or with Jackson 2 for"
        + " com.fasterxml.jackson.databind.JsonNode";
  }

  private JsonCodec codec() {
    Found known = found();
    if (known.codec == null) {
      throw new JsonCodecException(known.problem, known.without3);
    }
    return known.codec;
  }

  private Found found() {
    Found known = found;
    if (known == null) {
      known = find();
      found = known;
    }
    return known;
  }

  private Found find() {
    try {
      return new Found(usable(jackson3), "", null);
    } catch (LinkageError without3) {
      return withJackson2(without3);
    }
  }

  private Found withJackson2(LinkageError without3) {
    String why = why(without3);
    try {
      JsonCodec codec = usable(jackson2);
      LOG.log(System.Logger.Level.INFO, "JSON goes through Jackson 2, as Jackson 3 " + why);
      return new Found(codec, "", without3);
    } catch (LinkageError without2) {
      without3.addSuppressed(without2);
      String problem = "there is no usable JSON library: Jackson 3 " + why;
      return new Found(
          null, problem + "; or add Jackson 2, or set the client's codec(...)", without3);
    }
  }

  private static JsonCodec usable(Supplier<? extends JsonCodec> source) {
    JsonCodec codec = source.get();
    try {
      codec.decode("{\"value\":1}".getBytes(StandardCharsets.UTF_8), Probe.class);
    } catch (RuntimeException ofTheProbe) {
      // In a module it is closed to Jackson, which has loaded all that it needs by then.
    }
    return codec;
  }

  private static String why(Throwable without3) {
    String missing = String.valueOf(without3.getMessage()).replace('.', '/');
    return missing.contains("com/fasterxml/jackson/annotation")
        ? "cannot use the version of jackson-annotations that is here ("
            + without3
            + "; expected: "
            + ANNOTATIONS
            + " 2.21 or later)"
        : "cannot be used (" + without3 + "; expected: " + JACKSON_3 + " 3.1 and what it needs)";
  }
}
