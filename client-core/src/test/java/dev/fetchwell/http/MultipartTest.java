package dev.fetchwell.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipartTest {

  @Test
  void partsAreWrittenAsBrowsersDo(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("cät.png"), "png");
    RequestBody body =
        new Multipart()
            .field("title", "Grün\nB")
            .file("image", file)
            .part("raw", "a\"b.json", "application/json", "{}".getBytes(StandardCharsets.UTF_8))
            .build();

    String boundary = body.mediaType().replace("multipart/form-data; boundary=", "");
    assertThat(boundary).matches("[A-Za-z0-9-]{1,70}");
    assertThat(written(body).replace(boundary, "B").split("\r\n", -1))
        .containsExactly(
            "--B",
            "Content-Disposition: form-data; name=\"title\"",
            "",
            "Grün\nB",
            "--B",
            "Content-Disposition: form-data; name=\"image\"; filename=\"cät.png\"",
            "Content-Type: application/octet-stream",
            "",
            "png",
            "--B",
            "Content-Disposition: form-data; name=\"raw\"; filename=\"a%22b.json\"",
            "Content-Type: application/json",
            "",
            "{}",
            "--B--",
            "");
  }

  @Test
  void lengthIsWhatIsWrittenAndItCanBeWrittenAgain() throws IOException {
    RequestBody body = new Multipart().field("ü", "€").part("f", "n", "a/b", new byte[9]).build();

    assertThat(body.length()).isEqualTo(written(body).getBytes(StandardCharsets.UTF_8).length);
    assertThat(written(body)).isEqualTo(written(body));
  }

  @Test
  void nameCannotAddAHeader() throws IOException {
    RequestBody body = new Multipart().field("a\"\r\nX-Evil: 1", "v").build();

    assertThat(written(body)).contains("name=\"a%22%0D%0AX-Evil: 1\"");
  }

  @Test
  void mediaTypeCannotAddAHeader() {
    assertThatThrownBy(() -> new Multipart().part("a", "b", "a/b\r\nX-Evil: 1", new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bodyWithoutAPartIsRefused() {
    assertThatThrownBy(() -> new Multipart().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("multipart body without a part (expected: >= 1)");
  }

  @Test
  void fileIsReadAnewOnEachAttempt(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "one");
    RequestBody body = RequestBody.of(file, "text/plain");
    assertThat(written(body)).isEqualTo("one");

    Files.writeString(file, "second");

    assertThat(written(body)).isEqualTo("second");
    assertThat(body.length()).isEqualTo(6);
  }

  @Test
  void nulInANameIsRefused() {
    byte[] none = {};
    for (Consumer<Multipart> part :
        List.<Consumer<Multipart>>of(
            m -> m.field("a\0b", ""),
            m -> m.part("a\0", "f", "text/plain", none),
            m -> m.part("a", "f\0.png", "text/plain", none))) {
      assertThatThrownBy(() -> part.accept(new Multipart()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("U+0000");
    }
  }

  @Test
  void bytesAreCopied() throws IOException {
    byte[] bytes = {'a'};
    RequestBody body = RequestBody.of(bytes, "text/plain");
    bytes[0] = 'b';

    assertThat(written(body)).isEqualTo("a");
    assertThat(body).hasToString("1 bytes of text/plain");
  }

  private static String written(RequestBody body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    body.writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
