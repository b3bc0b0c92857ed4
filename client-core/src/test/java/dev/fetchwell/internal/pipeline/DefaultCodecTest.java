package dev.fetchwell.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.http.TypeRef;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.json.JsonCodecException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DefaultCodecTest {

  private static final byte[] JSON = {'7'};

  private final AtomicInteger looked = new AtomicInteger();

  @Test
  void nothingIsLookedForBeforeTheFirstJson() {
    DefaultCodec codec = new DefaultCodec(this::looking, JacksonCodec::new);
    assertThat(looked).hasValue(0);
    assertThat(codec.decode(JSON, Integer.class)).isEqualTo(7);
    codec.encode(8);
    codec.check(String.class);
    assertThat(looked).hasValue(1);
  }

  private JsonCodec looking() {
    looked.incrementAndGet();
    return new JacksonCodec();
  }

  @Test
  void whatCannotBeUsedIsLookedForOnce() {
    DefaultCodec codec = new DefaultCodec(this::missing, this::missing);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> codec.check(String.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tools.jackson.core:jackson-databind")
          .hasCauseInstanceOf(NoSuchMethodError.class);
      assertThatThrownBy(() -> codec.encode(1)).isInstanceOf(JsonCodecException.class);
    }
    assertThat(looked).hasValue(2);
  }

  private JsonCodec missing() {
    looked.incrementAndGet();
    throw new NoSuchMethodError("tools.jackson.core.X.y()");
  }

  @Test
  void treeOfJackson3IsRefusedWhereOnlyJackson2IsUsable() {
    DefaultCodec codec = new DefaultCodec(this::missing, JacksonCodec::new);
    codec.check(List.class);
    assertThatThrownBy(() -> codec.check(JsonNode.class))
        .hasMessageContaining("com.fasterxml.jackson.databind.JsonNode");
    codec.check(new TypeRef<List<String>>() {}.type());
  }

  @Test
  void fullStackIsNotAMissingLibrary() {
    AtomicInteger calls = new AtomicInteger();
    DefaultCodec codec =
        new DefaultCodec(
            () -> {
              if (calls.incrementAndGet() == 1) {
                throw new StackOverflowError();
              }
              return new JacksonCodec();
            },
            this::missing);
    assertThatThrownBy(() -> codec.encode(1)).isInstanceOf(StackOverflowError.class);
    assertThat(codec.encode(1)).isEqualTo(new byte[] {'1'});
  }
}
