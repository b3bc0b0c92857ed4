package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.text.CauseText;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.json.JsonCodecException;
import java.lang.reflect.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A body and what it is to be decoded as: the one place that makes a {@code DecodeError} of it. */
public final class Decoding {

  private static final String AS_TEXT =
      "; asJson, asOutcome and their like read JSON (expected: asString() or asBytes() for the body"
          + " as it is, Outcome.of(asString()) for an outcome)";

  private final byte[] bytes;
  private final @Nullable String contentType;
  private final Type type;
  private final Supplier<CallFacts> facts;

  /**
   * A body to be decoded.
   *
   * @param bytes the body; not copied
   * @param contentType what the response says it is, or null
   * @param type what was asked for
   * @param facts what is known about the call, for an error
   */
  public Decoding(
      byte[] bytes, @Nullable String contentType, Type type, Supplier<CallFacts> facts) {
    this.bytes = bytes;
    this.contentType = contentType;
    this.type = type;
    this.facts = facts;
  }

  /** How a value is made. */
  @FunctionalInterface
  public interface Step {

    /** The value; whatever it throws is foreign code's. */
    @Nullable Object value() throws Exception;
  }

  /** The body as JSON. */
  public Object json(JsonCodec codec, int status) {
    if (bytes.length == 0) {
      throw failed(
          "empty, with status " + status + " (expected: JSON; asVoid() takes an empty body)", null);
    }
    return value(() -> codec.decode(inUnicode(), type), "the literal null", this::advice);
  }

  /** What to know about a body that was not the JSON that was asked for. */
  private String advice() {
    return JsonMediaType.remark(contentType) + (isText(type) ? AS_TEXT : "");
  }

  private static boolean isText(Type type) {
    return type == String.class || type == byte[].class || type == CharSequence.class;
  }

  /**
   * What a step makes of it.
   *
   * @param ifNull what is wrong if the value is null
   * @throws FetchError what the step threw, if it is one, else a {@code DecodeError} around it; but
   *     an {@code OutOfMemoryError} is not its fault, and passes
   */
  public Object value(Step step, String ifNull) {
    return value(step, ifNull, () -> "");
  }

  private Object value(Step step, String ifNull, Supplier<String> advice) {
    Object value;
    try {
      value = step.value();
    } catch (OutOfMemoryError | FetchError asItIs) {
      throw asItIs;
    } catch (Throwable thrown) {
      throw failed(problem(thrown) + advice.get(), cause(thrown));
    }
    if (value == null) {
      throw failed(ifNull, null);
    }
    return value;
  }

  /** What is wrong by what a codec or a reader threw; its own text may quote the body. */
  public static String problem(Throwable thrown) {
    if (thrown instanceof JsonCodecException known) {
      return String.valueOf(known.getMessage());
    }
    return thrown instanceof LinkageError
        ? CauseText.of(thrown) + " (expected: versions of its libraries that fit together)"
        : thrown.getClass().getSimpleName();
  }

  /** What lies behind a problem: what was thrown, or what was thrown inside the codec. */
  public static Throwable cause(Throwable thrown) {
    Throwable inner = thrown instanceof JsonCodecException ? thrown.getCause() : null;
    return inner == null ? thrown : inner;
  }

  /** JSON is UTF-8 or another Unicode form, which codecs detect; servers also send Latin-1. */
  private byte[] inUnicode() {
    Charset charset = charset();
    return charset.name().startsWith("UTF-") || charset.equals(StandardCharsets.US_ASCII)
        ? bytes
        : new String(bytes, charset).getBytes(StandardCharsets.UTF_8);
  }

  private DecodeError failed(String problem, @Nullable Throwable cause) {
    int shown = Math.min(bytes.length, 4 * DecodeError.MAX_SNIPPET);
    String start = new String(bytes, 0, shown, charset());
    return new DecodeError(type, problem, start, facts.get(), cause);
  }

  private Charset charset() {
    return MediaCharset.of(contentType);
  }
}
