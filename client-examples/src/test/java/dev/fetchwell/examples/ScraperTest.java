package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(90)
class ScraperTest {

  @TempDir Path folder;

  @Test
  void demoCrawlsTwoSitesAndKeepsFailuresAsRows() throws Exception {
    Path file = folder.resolve("new").resolve("pages.csv");
    Printed printed = Printed.of("Scraper", "--out", file.toString());
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern("crawl: [0-9]+ of [0-9]+ pages")
        .containsPattern("result +rows +KiB +requests +avg ms")
        .containsPattern("BodyTooLargeError +30 ")
        .containsPattern("robots.txt +60 ")
        .containsPattern("in all +[0-9]+ ")
        .contains("All 7 claims are true.");
    List<String> rows = Files.readAllLines(file);
    assertThat(rows.get(0))
        .isEqualTo("url,depth,result,status,title,links,bytes,attempts,millis,detail");
    assertThat(rows)
        .anySatisfy(
            row -> assertThat(row).contains(",\"Page 7: \"\"chairs\"\", tables & l\u00e4mps\","))
        .anySatisfy(row -> assertThat(row).matches(".*/site/gone/0,1,status 404,404,.*"))
        .anySatisfy(row -> assertThat(row).matches(".*/site/private/5,2,robots.txt,0,.*"));
  }

  @Test
  void crawlStopsAtItsDepthAndWritesJsonLines() throws Exception {
    Path file = folder.resolve("pages.jsonl");
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of("Scraper", "--url", server.url("/"), "--depth", "1", "--out", file.toString());
      assertThat(printed.exitCode()).as(printed.err()).isZero();
    }
    List<JsonNode> rows =
        Files.readAllLines(file).stream().map(new JsonMapper()::readTree).toList();
    assertThat(rows).hasSize(10);
    assertThat(rows.get(0).get("title").asString())
        .isEqualTo("Page 0: \"chairs\", tables & l\u00e4mps");
    assertThat(rows).allSatisfy(row -> assertThat(row.get("depth").asInt()).isBetween(0, 1));
  }

  @Test
  void crawlStopsAtItsLimitOfPages() throws Exception {
    Path file = folder.resolve("pages.csv");
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "Scraper", "--url", server.url("/"), "--max-pages", "5", "--out", file.toString());
      assertThat(printed.exitCode()).as(printed.err()).isZero();
    }
    assertThat(Files.readAllLines(file)).hasSize(6);
  }

  @Test
  void siteWithoutARobotsTxtThatCanBeReadIsLeftAlone() throws Exception {
    Path file = folder.resolve("pages.csv");
    Printed printed =
        Printed.of("Scraper", "--url", "http://127.0.0.1:1/", "--out", file.toString());
    assertThat(printed.exitCode()).isEqualTo(1);
    assertThat(Files.readAllLines(file)).hasSize(2).last().asString().contains("robots.txt");
  }

  @Test
  void wrongArgumentsAreExplained() {
    assertThat(Printed.of("Scraper", "--out", "pages.xls").err()).contains("--out", ".jsonl");
    Printed printed = Printed.of("Scraper", "--url", "example", "--out", folder + "/x.csv");
    assertThat(printed.exitCode()).isEqualTo(2);
    assertThat(printed.err()).contains("example (expected: ", "http://");
  }
}
