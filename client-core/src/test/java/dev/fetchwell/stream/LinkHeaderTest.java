package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8288, as a table. */
class LinkHeaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "</2>; rel=next                                  # /2",
        "</2>; rel=\"next\"                              # /2",
        "</2>;rel=next;title=x                           # /2",
        "  < /2 > ; REL = NeXt                           # /2",
        "</1>; rel=prev, </2>; rel=next                  # /2",
        "</1>; rel=\"prev\",</2>;rel=\"next\",</9>;rel=last # /2",
        "</2>; rel=\"last next\"                         # /2",
        "</2>; rel=\"nextish prenext\"                   #",
        "</1>; rel=prev; rel=next                        #",
        "</1>; title=\"a, <x>; rel=next\"; rel=prev, </2>; rel=next # /2",
        "</1>; title=\"a \\\" , b\"; rel=prev, </2>; rel=next # /2",
        "</2>; title=\"unclosed; rel=next                #",
        "</2>; title; rel=next                           # /2",
        "</2?a=1,2;b>; rel=next                          # /2?a=1,2;b",
        "</2>; anchor=\"/other\"; rel=next               #",
        "</2>; rel                                       #",
        "</2>; rel=                                      #",
        "</2>                                            #",
        "</2> rel=next                                   #",
        "</2; rel=next                                   #",
        "<>; rel=next                                    # ~~",
        "rel=next                                        #",
        ", ,</2>; rel=next                               # /2",
        "~~                                              #",
      })
  void nextIsFound(String header, @Nullable String next) {
    assertThat(LinkHeader.next(Map.of("Link", List.of(header))).orElse(null)).isEqualTo(next);
  }

  @Test
  void eachHeaderIsLookedAt() {
    assertThat(LinkHeader.next(Map.of("Link", List.of("</1>; rel=prev", "</2>; rel=next"))))
        .contains("/2");
    assertThat(LinkHeader.next(Map.of())).isEmpty();
  }

  /** A regular expression overflowed the stack here. */
  @Test
  void longQuotedStringIsReadAndHostileOnesEnd() {
    String title = "\\\"x".repeat(50_000);
    String link = "</1>; title=\"" + title + "\"; rel=prev, </2>; rel=next";
    assertThat(LinkHeader.next(Map.of("Link", List.of(link)))).contains("/2");
    for (String hostile : List.of("<", "<a>;", ";", "\"", ",", "<a>;rel=\"", "<a>;x=\\")) {
      assertThat(LinkHeader.next(Map.of("Link", List.of(hostile.repeat(50_000))))).isEmpty();
    }
  }
}
