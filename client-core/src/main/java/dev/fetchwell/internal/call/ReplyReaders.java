package dev.fetchwell.internal.call;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Decoding;
import dev.fetchwell.internal.pipeline.DefaultCodec;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.ReplyReader.Form;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JsonCodec;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a call can end in. */
public final class ReplyReaders {

  /** The body as bytes. */
  public static final ReplyReader<byte[]> BYTES = whole((reply, context) -> reply.ownBytes());

  /** The body as text. */
  public static final ReplyReader<String> STRING =
      whole((reply, context) -> new String(reply.bytes(), charset(reply)));

  /** Nothing. */
  @SuppressWarnings("NullAway") // It does not look into the type argument.
  public static final ReplyReader<@Nullable Void> VOID = whole((reply, context) -> null);

  /** The reply itself, with its body open. */
  static final ReplyReader<Reply> REPLY = streamed((reply, context) -> reply);

  static final String JSON = "application/json";

  /** What nearly every request for JSON has; checked once. */
  static final Header ACCEPT_JSON = new Header("Accept", JSON, false);

  private ReplyReaders() {}

  private record Reading<T extends @Nullable Object>(
      Form form, String accept, Runnable before, BiFunction<Reply, CallContext, T> function)
      implements ReplyReader<T> {

    private Reading(Form form, String accept, BiFunction<Reply, CallContext, T> function) {
      this(form, accept, Reading::nothing, function);
    }

    private static void nothing() {}

    @Override
    public void check() {
      before.run();
    }

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

  /** The whole response, whatever its status. */
  public static ReplyReader<FetchResponse> response(JsonCodec codec) {
    return new Reading<>(
        Form.WHOLE_WITH_ANY_STATUS, "", (reply, context) -> response(codec, reply, context));
  }

  /** The body as a value of a type. */
  public static <T> ReplyReader<T> json(JsonCodec codec, Type type) {
    Objects.requireNonNull(type, "type");
    return new JsonReading<>(codec, type);
  }

  /** By far the most frequent one, so in one object. */
  private record JsonReading<T>(JsonCodec codec, Type type) implements ReplyReader<T> {

    @Override
    public Form form() {
      return Form.WHOLE;
    }

    @Override
    public String accept() {
      return JSON;
    }

    @Override
    public void check() {
      ReplyReaders.check(codec, type);
    }

    @Override
    @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
    public T read(Reply reply, CallContext context) {
      return (T) decode(codec, type, reply, context);
    }
  }

  /** The body as a JSON tree, whose type may not be there. */
  public static <T> ReplyReader<T> jsonTree(JsonCodec codec, Supplier<Class<T>> type) {
    try {
      return json(codec, type.get());
    } catch (LinkageError missing) {
      IllegalArgumentException problem =
          new IllegalArgumentException(DefaultCodec.treeOf(missing), missing);
      return new Reading<>(
          Form.WHOLE,
          JSON,
          () -> {
            throw problem;
          },
          (reply, context) -> {
            throw problem;
          });
    }
  }

  /** Before anything is sent: a value that nobody can decode is not worth a POST. */
  private static void check(JsonCodec codec, Type type) {
    if (codec instanceof DefaultCodec standard) {
      standard.check(type);
    }
  }

  /** The body as a value of a type, together with the response. */
  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  public static <T> ReplyReader<Decoded<T>> decoded(JsonCodec codec, Type type) {
    Objects.requireNonNull(type, "type");
    return new Reading<>(
        Form.WHOLE,
        JSON,
        () -> check(codec, type),
        (reply, context) ->
            new Decoded<>(
                (T) decode(codec, type, reply, context), response(codec, reply, context)));
  }

  /**
   * What a function of the caller's makes of the response.
   *
   * @param shown what a {@code DecodeError} says was asked for
   */
  @SuppressWarnings("unchecked") // The function made it.
  public static <T> ReplyReader<T> made(JsonCodec codec, Type shown, Made<T> function) {
    return new Reading<>(
        Form.WHOLE,
        "",
        (reply, context) ->
            (T)
                decoding(shown, reply.bytes(), reply, context)
                    .value(() -> function.of(response(codec, reply, context)), "read as null"));
  }

  /**
   * A function of the caller's.
   *
   * @param <T> what it makes
   */
  @FunctionalInterface
  public interface Made<T> {

    /** The value. */
    T of(FetchResponse response) throws Exception;
  }

  private static Object decode(JsonCodec codec, Type type, Reply reply, CallContext context) {
    // Some codecs parse in place, and others may share the bytes; ours only read.
    boolean onlyReads = codec instanceof DefaultCodec || codec instanceof JacksonCodec;
    byte[] bytes = onlyReads ? reply.bytes() : reply.ownBytes();
    return decoding(type, bytes, reply, context).json(codec, reply.status());
  }

  private static Decoding decoding(Type type, byte[] bytes, Reply reply, CallContext context) {
    return new Decoding(bytes, reply.header("Content-Type"), type, context::facts);
  }

  private static Charset charset(Reply reply) {
    return MediaCharset.of(reply.header("Content-Type"));
  }

  private static FetchResponse response(JsonCodec codec, Reply reply, CallContext context) {
    int attempts = context.attempts();
    Duration elapsed = context.elapsed();
    // A response may be kept for long: it must not keep the whole call.
    String method = context.request().method().name();
    URI requested = context.request().url();
    Supplier<CallFacts> facts =
        () -> new CallFacts(method, RequestUri.redacted(requested), attempts, elapsed, true);
    return new FetchResponse(
        reply.status(),
        reply.headers().all(),
        reply.ownBytes(),
        reply.url(),
        attempts,
        elapsed,
        (response, type) ->
            new Decoding(response.body(), response.header("Content-Type").orElse(null), type, facts)
                .json(codec, response.status()));
  }
}
