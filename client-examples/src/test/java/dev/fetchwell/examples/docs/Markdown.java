package dev.fetchwell.examples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The project's pages, and the regions of code that they show. */
final class Markdown {

  private static final Path ROOT = Path.of("..");

  /** Of this module, and of the applications in it that stand by themselves. */
  private static final List<Path> SOURCES =
      List.of(Path.of("src"), Path.of("boot/src"), Path.of("modules/src"));

  private static final Pattern CODE_BLOCK =
      Pattern.compile("(?ms)^```(?:java|kotlin)\\n(.*?)^```$");

  /** The formatter may put an empty line before the end, which is none of the region's. */
  private static final Pattern REGION =
      Pattern.compile("(?ms)^ *// region: ([a-z-]+)\\n(.*?)\\n\\s*// endregion\\n");

  private static final Pattern ANY_CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");

  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private static final Pattern LINK_TO_HEADING =
      Pattern.compile("\\]\\(([^)#:]*\\.md)?#([^)]+)\\)");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  private Markdown() {}

  /** README.md and every page in docs, relative to the root; beside those are only their images. */
  static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>();
    pages.add("README.md");
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.map(page -> "docs/" + page.getFileName())
          .filter(page -> !page.endsWith(".svg"))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  /** The blocks of Java and of Kotlin. */
  static List<String> codeBlocks(String page) throws IOException {
    return CODE_BLOCK.matcher(page(page)).results().map(block -> block.group(1)).toList();
  }

  /** Where the links of a page lead within the project, as paths. */
  static List<Path> links(String page) throws IOException {
    Path folder = ROOT.resolve(page).resolveSibling(".");
    return LINK.matcher(page(page)).results().map(link -> folder.resolve(link.group(1))).toList();
  }

  /** A heading of a page, by the name that links give it. */
  record Place(Path page, String anchor) {}

  /** The headings that the links of a page lead to. */
  static List<Place> places(String page) throws IOException {
    Path own = ROOT.resolve(page);
    return LINK_TO_HEADING
        .matcher(page(page))
        .results()
        .map(
            link ->
                new Place(
                    link.group(1) == null ? own : own.resolveSibling(link.group(1)), link.group(2)))
        .toList();
  }

  /** What links may call the headings of a page: lower case, hyphens, no other punctuation. */
  static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(ANY_CODE_BLOCK.matcher(Files.readString(page)).replaceAll(""))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9_ -]", "").replace(' ', '-'))
        .toList();
  }

  /** The regions of all files of Java and of Kotlin, by name and without their indentation. */
  static Map<String, String> regions() throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Markdown::isCode).toList()) {
          Matcher region = REGION.matcher(Files.readString(file));
          while (region.find()) {
            regions.put(region.group(1), region.group(2).stripIndent() + "\n");
          }
        }
      }
    }
    return regions;
  }

  private static boolean isCode(Path file) {
    return file.toString().endsWith(".java") || file.toString().endsWith(".kt");
  }
}
