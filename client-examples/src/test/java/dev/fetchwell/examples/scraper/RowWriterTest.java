package dev.fetchwell.examples.scraper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RowWriterTest {

  private static final PageRow ROW =
      new PageRow("http://a/", 1, "ok", 200, "a \"b\", c\r\nd", 3, 4, 1, 5, "plain");

  @TempDir Path folder;

  @Test
  void csvQuotesWhatNeedsIt() throws Exception {
    assertThat(written("x.csv").split("\r\n", 2))
        .containsExactly(
            "url,depth,result,status,title,links,bytes,attempts,millis,detail",
            "http://a/,1,ok,200,\"a \"\"b\"\", c\r\nd\",3,4,1,5,plain\r\n");
  }

  @Test
  void jsonLineIsOneLineWithEveryField() throws Exception {
    String text = written("x.jsonl");
    assertThat(text).endsWith("}\n").hasLineCount(1);
    JsonNode row = new JsonMapper().readTree(text);
    assertThat(row.get("title").asString()).isEqualTo(ROW.title());
    assertThat(row.size()).isEqualTo(10);
  }

  private String written(String name) throws Exception {
    Path file = folder.resolve(name);
    try (RowWriter rows = RowWriter.open(file)) {
      rows.write(ROW);
    }
    return Files.readString(file);
  }
}
