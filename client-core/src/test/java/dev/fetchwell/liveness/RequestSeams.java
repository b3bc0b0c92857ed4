package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.testkit.Quiet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** What a request with a body of the user's, and a reader of the user's, calls. */
final class RequestSeams {

  private RequestSeams() {}

  static Stream<Seam> all() {
    return Stream.concat(
        Stream.of("mediaType", "length", "writeTo")
            .map(
                method ->
                    sent("RequestBody." + method, (scene, s) -> s.body(new Body(scene, method)))),
        Stream.of(
            sent(
                "RequestSpec.body Supplier.get",
                (scene, spec) ->
                    spec.body(
                        () -> {
                          throw scene.raise();
                        },
                        -1,
                        "text/plain")),
            sent(
                "RequestSpec.body InputStream.read",
                (scene, spec) -> spec.body(() -> new Broken(scene), -1, "text/plain")),
            sent(
                "RequestSpec.onUploadProgress",
                (scene, spec) ->
                    spec.body(new byte[100_000], "text/plain")
                        .onUploadProgress(
                            (done, total) -> {
                              throw scene.raise();
                            })),
            new Seam("RequestSpec.as BodyReader.read", RequestSeams::read)));
  }

  /** Preparing a request may throw at once, as nothing is sent by that; its terminal may not. */
  private static Seam sent(String name, BiFunction<Scene, RequestSpec, RequestSpec> prepare) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client();
          for (String path : new String[] {"/ok", "/flaky", "/ok"}) {
            RequestSpec spec = client.put(scene.url(path));
            try {
              RequestSpec unused = prepare.apply(scene, spec);
            } catch (Throwable atTheCaller) {
              Quiet.assertNothingHeld(client, Liveness.LIMIT);
              continue;
            }
            scene.callAndWait(spec::asString);
          }
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }

  private static void read(Scene scene) {
    AsyncHttpClient client = scene.client();
    for (int i = 0; i < 3; i++) {
      scene.callAndWait(
          () -> {
            CompletableFuture<String> read =
                client
                    .get(scene.url("/ok"))
                    .as(
                        response -> {
                          throw scene.raise();
                        });
            return read;
          });
    }
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  /** Three bytes, but for the method that throws. */
  private record Body(Scene scene, String throwing) implements RequestBody {

    private void in(String method) {
      if (throwing.equals(method)) {
        throw scene.raise();
      }
    }

    @Override
    public String mediaType() {
      in("mediaType");
      return "text/plain";
    }

    @Override
    public long length() {
      in("length");
      return 3;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      in("writeTo");
      out.write(new byte[3]);
    }
  }

  /** A body that breaks after a while. */
  private static final class Broken extends InputStream {

    private final InputStream start = new ByteArrayInputStream(new byte[10]);
    private final Scene scene;

    private Broken(Scene scene) {
      this.scene = scene;
    }

    @Override
    public int read() throws IOException {
      int next = start.read();
      if (next < 0) {
        throw scene.raise();
      }
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = start.read(into, offset, length);
      if (count < 0) {
        throw scene.raise();
      }
      return count;
    }
  }
}
