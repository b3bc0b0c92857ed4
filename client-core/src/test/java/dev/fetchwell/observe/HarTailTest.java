package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HarTailTest {

  private static final String FIRST = "{\"n\":1,\"a\":{\"b\":[]},\"c\":\"}\\\"]}}\"}";
  private static final String SECOND = "{\"n\":2,\"a\":{\"b\":[\"\\\\\"]},\"c\":\"\\n{\"}";

  @TempDir private Path folder;

  private byte[] fileOf(String... entries) throws IOException {
    Path file = folder.resolve("whole.har");
    HarFile har = new HarFile(file, HarFile::onDisk);
    har.open();
    for (String entry : entries) {
      har.add(entry);
    }
    har.close();
    return Files.readAllBytes(file);
  }

  private int entriesAfterRepair(byte[] torn) throws IOException {
    Path file = Files.write(folder.resolve("torn.har"), torn);
    HarRecorder.repair(file);
    JsonNode entries = JsonMapper.shared().readTree(file).path("log").path("entries");
    assertThat(entries.isArray()).isTrue();
    assertThat(HarRecorder.repair(file)).as("it is whole now").isFalse();
    return entries.size();
  }

  /** What a write leaves that was stopped after so many bytes. */
  private static byte[] torn(byte[] before, byte[] after, int written) {
    int tailAt = before.length - HarFile.TAIL.length();
    byte[] torn = Arrays.copyOf(after, Math.max(before.length, tailAt + written));
    System.arraycopy(before, 0, torn, 0, before.length);
    System.arraycopy(after, tailAt, torn, tailAt, written);
    return torn;
  }

  @Test
  void writeThatStopsAnywhereLosesOnlyItsOwnEntry() throws Exception {
    byte[] none = fileOf();
    byte[] one = fileOf(FIRST);
    byte[] two = fileOf(FIRST, SECOND);
    for (int i = 0; i <= one.length - none.length + HarFile.TAIL.length(); i++) {
      boolean whole = i >= FIRST.length() + 1;
      assertThat(entriesAfterRepair(torn(none, one, i))).as("at " + i).isEqualTo(whole ? 1 : 0);
    }
    for (int i = 0; i <= two.length - one.length + HarFile.TAIL.length(); i++) {
      boolean whole = i >= SECOND.length() + 2;
      assertThat(entriesAfterRepair(torn(one, two, i))).as("at " + i).isEqualTo(whole ? 2 : 1);
    }
  }

  @Test
  void headThatWasCutIsAFileWithoutEntries() throws Exception {
    byte[] none = fileOf();
    for (int i = 0; i < none.length; i++) {
      assertThat(entriesAfterRepair(Arrays.copyOf(none, i))).isZero();
    }
  }

  @Test
  void entryOfSeveralBlocksIsFound() throws Exception {
    String large = "{\"text\":\"" + "\\\"{é".repeat(100_000) + "\"}";
    byte[] before = fileOf(FIRST);
    byte[] after = fileOf(FIRST, large);
    byte[] cut = Arrays.copyOf(after, after.length - 100);

    assertThat(entriesAfterRepair(after)).isEqualTo(2);
    assertThat(entriesAfterRepair(cut)).isEqualTo(1);
    assertThat(Files.readAllBytes(folder.resolve("torn.har"))).isEqualTo(before);
  }

  @Test
  void fileOfSomebodyElseIsLeftAsItIs() throws Exception {
    byte[] other = "{\"log\":{\"entries\":[".getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("other.har"), other);

    assertThatThrownBy(() -> HarRecorder.repair(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no file of a HarRecorder");
    assertThat(file).hasBinaryContent(other);
  }

  @Test
  void fileThatIsBeingWrittenIsLeftAsItIs() throws Exception {
    Path file = folder.resolve("open.har");
    HarFile har = new HarFile(file, HarFile::onDisk);
    har.open();
    Files.write(file, Arrays.copyOf(fileOf(), 20));

    assertThatThrownBy(() -> HarRecorder.repair(file)).hasMessageContaining("close its recorder");
    har.close();
  }
}
