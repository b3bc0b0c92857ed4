package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonWriterTest {

  @Test
  void objectsAndArraysNestWithCommasInPlace() {
    JsonWriter json = new JsonWriter().object().put("a", 1L).array("b").object().endObject();
    json.object().put("c", true).endObject().endArray().object("d").endObject().put("e", 0.25);

    assertThat(json.endObject().toString())
        .isEqualTo("{\"a\":1,\"b\":[{},{\"c\":true}],\"d\":{},\"e\":0.25}");
  }

  @Test
  void whatIsNoNumberInJsonIsZero() {
    JsonWriter json = new JsonWriter().object().put("a", Double.NaN);

    assertThat(json.put("b", Double.POSITIVE_INFINITY).put("c", -1.0).endObject().toString())
        .isEqualTo("{\"a\":0,\"b\":0,\"c\":-1}");
  }

  @Test
  void controlCharactersLoneSurrogatesAndLineSeparatorsAreEscaped() {
    String text =
        new JsonWriter().object().put("a", "\u0000\n\"\\\ud800x\udc00\u2028😀").toString();

    assertThat(text).isEqualTo("{\"a\":\"\\u0000\\u000a\\\"\\\\\\ud800x\\udc00\\u2028😀\"");
  }

  @Test
  void anyTextComesBackAsItWas() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      random.ints(20, 0, i % 2 == 0 ? 0x80 : 0x10000).forEach(c -> text.append((char) c));
      String json = new JsonWriter().object().put("a", text.toString()).endObject().toString();
      JsonNode read = JsonMapper.shared().readTree(json);
      assertThat(read.path("a").stringValue()).isEqualTo(text.toString());
    }
  }
}
