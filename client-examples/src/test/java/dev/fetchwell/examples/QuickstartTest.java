package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

  @TempDir Path folder;

  @Test
  void quickstartEndsByItselfAndAllItsClaimsAreTrue() throws Exception {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                Quickstart.class.getName())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(out);

    assertThat(ended).as("ends by itself").isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    assertThat(Files.readString(err)).doesNotContain("Exception").doesNotContain("okhttp");
    assertThat(printed)
        .contains("User[id=7, name=Frances, email=frances7@example.com]")
        .contains("attempt 3 succeeded, and the server saw 3 requests")
        .contains("by the server's clock the client stayed away for the second")
        .contains("attempt 2 answered")
        .contains("the largest concurrency that the server saw: ")
        .contains("cancelled on the wire, the server sees it hang up")
        .contains("no connection is open any longer")
        .contains(
            "ClientStatusError",
            "RateLimitedError",
            "ServerStatusError",
            "DecodeError",
            "BodyTooLargeError",
            "BulkheadFullError",
            "ClientClosedError",
            "InvalidRequestError",
            "UnexpectedError")
        .contains("TOTAL: ", "ATTEMPT: ", "CONNECT: ", "QUEUE: ", "IDLE: ")
        .contains("DNS: ", "TLS: ", "RESET: ", "PROTOCOL: ")
        .containsPattern("All [0-9]+ claims are true. It took [0-9.]+ s.")
        .doesNotContain("  NO  ");
    assertThat(printed.chars()).as("plain ASCII").allMatch(c -> c < 127);
  }

  @Test
  void claimThatIsNotTrueIsNamed() {
    Section wrong = section("Lying", report -> report.claim("the earth is flat", false));
    String printed = printed(wrong);
    assertThat(printed)
        .contains("  NO  the earth is flat")
        .contains("1 of 1 claims are NOT true")
        .contains("Lying: the earth is flat");
  }

  @Test
  void sectionThatThrowsIsNamedAndTheOthersAreShown() {
    Section broken =
        section(
            "Breaking",
            report -> {
              throw new IOException("cut");
            });
    String printed = printed(broken, section("Fine", report -> report.claim("it is", true)));
    assertThat(printed)
        .contains("Breaking: the section ran to its end, without java.io.IOException: cut")
        .contains("  ok  it is")
        .contains("1 of 2 claims are NOT true");
  }

  private static String printed(Section... sections) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean allTrue =
        Quickstart.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), List.of(sections));
    assertThat(allTrue).isFalse();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private interface Show {
    void show(Report report) throws Exception;
  }

  private static Section section(String title, Show show) {
    return new Section() {

      @Override
      public String title() {
        return title;
      }

      @Override
      public void show(DemoServer server, Report report) throws Exception {
        show.show(report);
      }
    };
  }
}
