package dev.fetchwell;

import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.json.JsonCodec;
import java.lang.reflect.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a call can end in. */
final class Terminals {

  static final Terminal<byte[]> BYTES = (reply, context) -> reply.bytes();

  static final Terminal<String> STRING = (reply, context) -> response(reply, context).text();

  @SuppressWarnings("NullAway") // It does not look into the type argument.
  static final Terminal<@Nullable Void> VOID = (reply, context) -> null;

  static final Terminal<StreamedResponse> STREAM = StreamedResponse::new;

  static final Terminal<FetchResponse> RESPONSE =
      new Terminal<>() {

        @Override
        public FetchResponse value(Reply reply, CallContext context) {
          return response(reply, context);
        }

        @Override
        public FetchResponse recover(FetchError error, CallContext context) {
          Reply reply = context.lastErrorReply();
          if (error instanceof HttpStatusError && reply != null) {
            return response(reply, context);
          }
          throw error;
        }
      };

  private Terminals() {}

  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  static <T> Terminal<T> json(JsonCodec codec, Type type) {
    Objects.requireNonNull(type, "type");
    return (reply, context) -> (T) decode(codec, type, response(reply, context), context);
  }

  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  static <T> Terminal<Decoded<T>> decoded(JsonCodec codec, Type type) {
    return (reply, context) -> {
      FetchResponse response = response(reply, context);
      return new Decoded<>((T) decode(codec, type, response, context), response);
    };
  }

  private static Object decode(
      JsonCodec codec, Type type, FetchResponse response, CallContext context) {
    byte[] body = response.body();
    if (body.length == 0) {
      throw failed(type, "empty, with status " + response.status(), response, context, null);
    }
    Object value;
    try {
      value = codec.decode(inUnicode(response), type);
    } catch (RuntimeException | StackOverflowError thrown) {
      throw failed(type, thrown.getClass().getSimpleName(), response, context, thrown);
    }
    if (value == null) {
      throw failed(type, "the literal null", response, context, null);
    }
    return value;
  }

  /** JSON is UTF-8 or another Unicode form, which codecs detect; servers also send Latin-1. */
  private static byte[] inUnicode(FetchResponse response) {
    Charset charset = response.charset();
    return charset.name().startsWith("UTF-") || charset.equals(StandardCharsets.US_ASCII)
        ? response.body()
        : response.text().getBytes(StandardCharsets.UTF_8);
  }

  private static DecodeError failed(
      Type type,
      String problem,
      FetchResponse response,
      CallContext context,
      @Nullable Throwable cause) {
    int shown = Math.min(response.body().length, 4 * DecodeError.MAX_SNIPPET);
    String start = new String(response.body(), 0, shown, response.charset());
    return new DecodeError(type, problem, start, context.facts(), cause);
  }

  private static FetchResponse response(Reply reply, CallContext context) {
    return new FetchResponse(
        reply.status(),
        reply.headers(),
        reply.bytes(),
        reply.uri().uri(),
        context.attempts(),
        context.elapsed());
  }
}
