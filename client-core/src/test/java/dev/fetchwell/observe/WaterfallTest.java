package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.HarRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WaterfallTest {

  @TempDir private Path folder;

  private Path har = Path.of("");
  private Path page = Path.of("");

  @BeforeEach
  void names() {
    har = folder.resolve("calls.har");
    page = folder.resolve("calls.html");
  }

  private void record(String... paths) {
    FakeServer server = FakeServer.create();
    try (HarRecorder recorder = HarRecorder.to(har).bodies(1000)) {
      for (String path : paths) {
        server.on("GET", path, FakeReply.text("</script><script>alert(1)</script><!-- \u2028"));
        server.await(server.client(b -> b.listener(recorder)).getString(path));
      }
    }
  }

  private String embedded() throws IOException {
    String text = Files.readString(page);
    String mark = "<script type=\"application/json\" id=\"har\">";
    int start = text.indexOf(mark) + mark.length();
    return text.substring(start, text.indexOf("</script>", start));
  }

  @Test
  void pageHoldsTheFileAndNothingOfItIsAnElement() throws Exception {
    record("/a", "/b");

    assertThat(Waterfall.html(har, page)).isEqualTo(page);

    assertThat(embedded()).doesNotContain("<");
    assertThat(HarRules.entriesOf(embedded())).isEqualTo(HarRules.entries(har)).hasSize(2);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("calls.har", "calls.html");
  }

  @Test
  void pageLoadsNothing() throws Exception {
    record();
    Waterfall.html(har, page);

    String shell = Files.readString(page).replace(embedded(), "");
    assertThat(shell)
        .contains("default-src 'none'")
        .doesNotContain("http://")
        .doesNotContain("https://")
        .doesNotContain(" src=")
        .doesNotContain("url(")
        .doesNotContain("@import")
        .doesNotContain("{{");
  }

  @Test
  void tornFileIsShownWithoutWhatWasTorn() throws Exception {
    record("/a", "/b", "/c");
    byte[] whole = Files.readAllBytes(har);
    Files.write(har, Arrays.copyOf(whole, whole.length - 100));

    Waterfall.html(har, page);

    assertThat(HarRules.entriesOf(embedded())).hasSize(2);
    assertThat(Files.size(har)).as("it is left as it is").isEqualTo(whole.length - 100);
  }

  @Test
  void fileThatIsStillWrittenIsShown() throws Exception {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.text("ok"));
    try (HarRecorder recorder = HarRecorder.to(har)) {
      server.await(server.client(b -> b.listener(recorder)).getString("/x"));
      Eventually.holds(() -> har.toFile().length() > 400, "an entry");
      Waterfall.html(har, page);
    }
    assertThat(HarRules.entriesOf(embedded())).hasSize(1);
  }

  @Test
  void fileOfABrowserWithAByteOrderMarkIsTakenAsItIs() throws Exception {
    String theirs = "{ \"log\": { \"entries\": [ {\"request\": {\"url\": \"<é>\"}} ] } }";
    Files.write(har, ("\uFEFF" + theirs).getBytes(StandardCharsets.UTF_8));

    Waterfall.main(new String[] {har.toString()});

    JsonNode read = JsonMapper.shared().readTree(embedded());
    assertThat(read).isEqualTo(JsonMapper.shared().readTree(theirs));
  }

  @ParameterizedTest
  @CsvSource({"'', is empty", "'  ', is empty", "<html>, begin with", "'{\"a\":1}', has no"})
  void whatIsNoHarIsRefusedWithAWordOnWhatToGive(String content, String problem) throws Exception {
    Files.writeString(har, content);

    assertThatThrownBy(() -> Waterfall.html(har, page))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(har.toString())
        .hasMessageContaining(problem)
        .hasMessageContaining("HarRecorder");
    assertThat(page).doesNotExist();
  }

  @Test
  void missingFileIsRefusedWithAWordOnWhatToGive() {
    assertThatThrownBy(() -> Waterfall.html(har, page))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("calls.har: no such file (expected: one that a HarRecorder");
    assertThat(page).doesNotExist();
  }

  @Test
  void pageInPlaceOfTheFileOrWithoutADirectoryIsRefused() throws Exception {
    record("/a");
    List<JsonNode> before = HarRules.entries(har);

    assertThatThrownBy(() -> Waterfall.html(har, har)).hasMessageContaining("name another");
    assertThatThrownBy(() -> Waterfall.html(har, folder.resolve("no/where.html")))
        .isInstanceOf(FileSystemException.class);
    assertThatThrownBy(() -> Waterfall.main(new String[0])).hasMessageContaining("calls.har");
    assertThat(HarRules.entries(har)).isEqualTo(before);
  }
}
