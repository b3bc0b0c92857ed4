package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages say what the code says. */
class DocsTest {

  static List<String> pages() throws IOException {
    return Markdown.pages();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void codeBlocksAreRegionsOfCompiledCode(String page) throws IOException {
    for (String block : Markdown.codeBlocks(page)) {
      assertThat(Markdown.regions().values())
          .as("A block of code of %s is not a region of compiled code", page)
          .contains(block);
    }
  }

  @Test
  void everyRegionIsShown() throws IOException {
    List<String> blocks = new ArrayList<>();
    for (String page : Markdown.pages()) {
      blocks.addAll(Markdown.codeBlocks(page));
    }
    assertThat(blocks).containsAll(Markdown.regions().values());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadToFilesThatExist(String page) throws IOException {
    for (Path target : Markdown.links(page)) {
      assertThat(target).exists();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadToHeadingsThatExist(String page) throws IOException {
    for (Markdown.Place place : Markdown.places(page)) {
      assertThat(Markdown.anchors(place.page())).contains(place.anchor());
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void pageIsReadableInATerminal(String page) throws IOException {
    assertThat(Markdown.page(page).lines().filter(line -> !line.startsWith("|")))
        .allMatch(line -> line.length() <= 130, "at most 130 characters");
  }

  @Test
  void readmeIsShortAndHasTheTwoCommandsOnLinesOfTheirOwn() throws IOException {
    List<String> lines = Markdown.page("README.md").lines().toList();
    assertThat(lines)
        .hasSizeLessThan(120)
        .containsOnlyOnce("mvn -q -B -Pquickstart package", "mvn -B verify");
  }

  @Test
  void readmeLinksToEveryPage() throws IOException {
    List<String> linked = new ArrayList<>();
    for (Path target : Markdown.links("README.md")) {
      linked.add(target.getFileName().toString());
    }
    for (String page : Markdown.pages()) {
      if (!page.equals("README.md")) {
        assertThat(linked).contains(Path.of(page).getFileName().toString());
      }
    }
  }
}
