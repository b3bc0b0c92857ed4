package dev.fetchwell.internal.call;

import dev.fetchwell.error.DecodeError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.ReplyReader.Form;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.json.JsonCodec;
import java.lang.reflect.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What a call can end in. */
public final class ReplyReaders {

  /** The body as bytes. */
  public static final ReplyReader<byte[]> BYTES = whole((reply, context) -> reply.bytes());

  /** The body as text. */
  public static final ReplyReader<String> STRING =
      whole((reply, context) -> new String(reply.bytes(), charset(reply)));

  /** Nothing. */
  @SuppressWarnings("NullAway") // It does not look into the type argument.
  public static final ReplyReader<@Nullable Void> VOID = whole((reply, context) -> null);

  /** The whole response, whatever its status. */
  public static final ReplyReader<FetchResponse> RESPONSE =
      new Reading<>(Form.WHOLE_WITH_ANY_STATUS, "", ReplyReaders::response);

  /** The reply itself, with its body open. */
  static final ReplyReader<Reply> REPLY = streamed((reply, context) -> reply);

  private static final String JSON = "application/json";

  private ReplyReaders() {}

  private record Reading<T extends @Nullable Object>(
      Form form, String accept, BiFunction<Reply, CallContext, T> function)
      implements ReplyReader<T> {

    @Override
    public T read(Reply reply, CallContext context) {
      return function.apply(reply, context);
    }
  }

  private static <T extends @Nullable Object> ReplyReader<T> whole(
      BiFunction<Reply, CallContext, T> function) {
    return new Reading<>(Form.WHOLE, "", function);
  }

  /** A value made of a reply whose body is open. */
  public static <T> ReplyReader<T> streamed(BiFunction<Reply, CallContext, T> function) {
    return new Reading<>(Form.STREAMED, "", function);
  }

  /** The body as a value of a type. */
  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  public static <T> ReplyReader<T> json(JsonCodec codec, Type type) {
    Objects.requireNonNull(type, "type");
    return new Reading<>(
        Form.WHOLE, JSON, (reply, context) -> (T) decode(codec, type, reply, context));
  }

  /** The body as a value of a type, together with the response. */
  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  public static <T> ReplyReader<Decoded<T>> decoded(JsonCodec codec, Type type) {
    Objects.requireNonNull(type, "type");
    return new Reading<>(
        Form.WHOLE,
        JSON,
        (reply, context) ->
            new Decoded<>((T) decode(codec, type, reply, context), response(reply, context)));
  }

  private static Object decode(JsonCodec codec, Type type, Reply reply, CallContext context) {
    if (reply.bytes().length == 0) {
      throw failed(type, "empty, with status " + reply.status(), reply, context, null);
    }
    Object value;
    try {
      value = codec.decode(inUnicode(reply), type);
    } catch (OutOfMemoryError notItsFault) {
      throw notItsFault;
    } catch (Throwable thrown) {
      throw failed(type, thrown.getClass().getSimpleName(), reply, context, thrown);
    }
    if (value == null) {
      throw failed(type, "the literal null", reply, context, null);
    }
    return value;
  }

  /** JSON is UTF-8 or another Unicode form, which codecs detect; servers also send Latin-1. */
  private static byte[] inUnicode(Reply reply) {
    Charset charset = charset(reply);
    return charset.name().startsWith("UTF-") || charset.equals(StandardCharsets.US_ASCII)
        ? reply.bytes()
        : new String(reply.bytes(), charset).getBytes(StandardCharsets.UTF_8);
  }

  private static DecodeError failed(
      Type type, String problem, Reply reply, CallContext context, @Nullable Throwable cause) {
    int shown = Math.min(reply.bytes().length, 4 * DecodeError.MAX_SNIPPET);
    String start = new String(reply.bytes(), 0, shown, charset(reply));
    return new DecodeError(type, problem, start, context.facts(), cause);
  }

  private static Charset charset(Reply reply) {
    return MediaCharset.of(reply.header("Content-Type"));
  }

  private static FetchResponse response(Reply reply, CallContext context) {
    return new FetchResponse(
        reply.status(),
        reply.headers().all(),
        reply.bytes(),
        reply.url(),
        context.attempts(),
        context.elapsed());
  }
}
