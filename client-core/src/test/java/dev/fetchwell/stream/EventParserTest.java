package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.CallFacts;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The HTML standard's "interpreting an event stream", as a table. */
class EventParserTest {

  private static final int MAX = 1000;
  private static final CallFacts FACTS = new CallFacts("GET", "", 1, Duration.ZERO, true);

  /** What is on the wire, and the events as {@code type|data|id}. */
  static Stream<Arguments> streams() {
    return Stream.of(
        arguments("nothing", "", List.of()),
        arguments("one event", "data: a\n\n", List.of("message|a|")),
        arguments("LF, CR, CRLF", "data: a\n\ndata: b\r\rdata: c\r\n\r\n", three("a", "b", "c")),
        arguments("mixed ends", "data: a\r\ndata: b\ndata: c\r\n\n", List.of("message|a\nb\nc|")),
        arguments("CR LF CR is one end and one", "data: a\r\n\r", List.of("message|a|")),
        arguments(
            "LF CR are two ends", "data: a\n\rdata: b\n\r", List.of("message|a|", "message|b|")),
        arguments("mark at the start", "\uFEFFdata: a\n\n", List.of("message|a|")),
        arguments("only one mark", "\uFEFF\uFEFFdata: a\n\ndata: b\n\n", List.of("message|b|")),
        arguments("mark later", "data: a\n\n\uFEFFdata: b\n\n", List.of("message|a|")),
        arguments("mark, then end", "\uFEFF\ndata: a\n\n", List.of("message|a|")),
        arguments("lines", "data: a\ndata\ndata: b\n\n", List.of("message|a\n\nb|")),
        arguments("one space goes", "data:  a \n\n", List.of("message| a |")),
        arguments("no space", "data:a\n\n", List.of("message|a|")),
        arguments("a tab stays", "data:\ta\n\n", List.of("message|\ta|")),
        arguments("colons stay", "data: a: b\n\n", List.of("message|a: b|")),
        arguments("field without colon", "data\n\n", List.of("message||")),
        arguments("empty data twice", "data\ndata\n\n", List.of("message|\n|")),
        arguments("empty data", "data:\n\n", List.of("message||")),
        arguments("comments", ": a\ndata: b\n:\n:data: c\n\n", List.of("message|b|")),
        arguments("other fields", "x: y\n data: a\nData: b\ndata : c\n\n", List.of()),
        arguments("type", "event: add\ndata: a\n\n", List.of("add|a|")),
        arguments(
            "type is reset", "event: add\ndata: a\n\ndata: b\n\n", List.of("add|a|", "message|b|")),
        arguments("type without data is reset", "event: add\n\ndata: b\n\n", List.of("message|b|")),
        arguments("last type counts", "event: x\nevent: y\ndata: a\n\n", List.of("y|a|")),
        arguments("empty type", "event: x\nevent\ndata: a\n\n", List.of("message|a|")),
        arguments(
            "id stays", "id: 1\ndata: a\n\ndata: b\n\n", List.of("message|a|1", "message|b|1")),
        arguments(
            "empty id", "id: 1\ndata: a\n\nid\ndata: b\n\n", List.of("message|a|1", "message|b|")),
        arguments("id with NUL", "id: 1\nid: 2\0\ndata: a\n\n", List.of("message|a|1")),
        arguments("id without data", "id: 7\n\ndata: a\n\n", List.of("message|a|7")),
        arguments("id outside ASCII", "id: \u00e9\ndata: a\n\n", List.of("message|a|\u00e9")),
        arguments("blank lines", "\n\n\ndata: a\n\n\n\n", List.of("message|a|")),
        arguments("no blank line at the end", "data: a\n\ndata: b\n", List.of("message|a|")),
        arguments("no line end at the end", "data: a\n\ndata: b", List.of("message|a|")),
        arguments(
            "outside ASCII",
            "data: \u00e4\u20ac\ud83d\ude00\n\n",
            List.of("message|\u00e4\u20ac\ud83d\ude00|")),
        arguments(
            "other separators are data",
            "data: a\u2028b\u0085c\n\n",
            List.of("message|a\u2028b\u0085c|")));
  }

  private static List<String> three(String a, String b, String c) {
    return List.of("message|" + a + "|", "message|" + b + "|", "message|" + c + "|");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streams")
  void streamIsInterpretedAsTheStandardSays(String what, String wire, List<String> events) {
    byte[] bytes = wire.getBytes(StandardCharsets.UTF_8);
    assertThat(parse(new ByteArrayInputStream(bytes))).as("at once").isEqualTo(events);
    assertThat(parse(new Pieces(bytes, 1))).as("byte by byte").isEqualTo(events);
    assertThat(parse(new Pieces(bytes, 3))).as("in threes").isEqualTo(events);
  }

  @Test
  void malformedBytesBecomeReplacementCharacters() {
    byte[] bytes = {'d', 'a', 't', 'a', ':', (byte) 0xff, 'a', '\n', '\n'};
    assertThat(parse(new ByteArrayInputStream(bytes))).containsExactly("message|\uFFFDa|");
  }

  /** A reader that waited to see whether a line feed follows would block here. */
  @Test
  void loneCarriageReturnEndsTheLineAtOnce() {
    List<String> events = new ArrayList<>();
    byte[] bytes = "data: a\r\r".getBytes(StandardCharsets.UTF_8);
    InputStream thenSilent =
        new Pieces(bytes, 1) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            int count = super.read(target, offset, length);
            if (count < 0) {
              throw new IllegalStateException("would block");
            }
            return count;
          }
        };
    assertThatThrownBy(() -> parse(thenSilent, new EventParser("", MAX), events))
        .hasMessage("would block");
    assertThat(events).containsExactly("message|a|");
  }

  @ParameterizedTest
  @CsvSource({
    "retry: 250,250",
    "retry:0,0",
    "retry: 00000000000012,12",
    "retry: 99999999999999999999,864000000",
    "'retry: 1 ',",
    "retry: 1s,",
    "retry: -1,",
    "retry: +1,",
    "retry: 1.5,",
    "retry,",
    "retry: \u0661,",
    "Retry: 1,"
  })
  void retryIsDigitsOnly(String line, @Nullable Long millis) {
    EventParser parser = new EventParser("", MAX);
    parse(
        new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8)),
        parser,
        new ArrayList<>());
    assertThat(parser.reconnectionTime().map(Duration::toMillis).orElse(null)).isEqualTo(millis);
  }

  @Test
  void idCountsForReconnectingOnceABlankLineFollowed() {
    EventParser parser = new EventParser("before", MAX);
    assertThat(parser.lastEventId()).isEqualTo("before");
    parser.line("id: 2");
    assertThat(parser.lastEventId()).isEqualTo("before");
    parser.line("");
    assertThat(parser.lastEventId()).isEqualTo("2");
    assertThat(parser.line("data: a")).isEmpty();
    assertThat(parser.line("").map(ServerSentEvent::lastEventId)).contains("2");
  }

  @Test
  void idOfTheConnectionBeforeHoldsOn() {
    EventParser parser = new EventParser("before", MAX);
    parser.line("data: a");
    assertThat(parser.line("").map(ServerSentEvent::lastEventId)).contains("before");
  }

  @Test
  void dataOfExactlyTheLimitAreAnEventAndOneMoreIsNot() {
    EventParser parser = new EventParser("", 5);
    parser.line("data:12");
    parser.line("data:34");
    assertThat(parser.line("").map(ServerSentEvent::data)).contains("12\n34");
    parser.line("data:12");
    assertThatThrownBy(() -> parser.line("data:345")).isInstanceOf(EventParser.TooLong.class);
  }

  @Test
  void overlongLineIsAnError() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };
    assertThatThrownBy(() -> parse(endless))
        .isInstanceOfSatisfying(
            BodyTooLargeError.class, error -> assertThat(error.limit()).isEqualTo(MAX));
  }

  private static List<String> parse(InputStream wire) {
    List<String> events = new ArrayList<>();
    parse(wire, new EventParser("", MAX), events);
    return events;
  }

  private static void parse(InputStream wire, EventParser parser, List<String> events) {
    LineReader lines = new LineReader(wire, StandardCharsets.UTF_8, MAX, () -> FACTS);
    for (String line = lines.next(); line != null; line = lines.next()) {
      parser
          .line(line)
          .ifPresent(e -> events.add(e.type() + "|" + e.data() + "|" + e.lastEventId()));
    }
  }

  /** Gives so many bytes at a time. */
  private static class Pieces extends ByteArrayInputStream {

    private final int size;

    private Pieces(byte[] bytes, int size) {
      super(bytes);
      this.size = size;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return super.read(target, offset, Math.min(size, length));
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
