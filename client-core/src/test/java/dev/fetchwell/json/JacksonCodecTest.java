package dev.fetchwell.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.http.TypeRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JacksonCodecTest {

  private final JsonCodec codec = new JacksonCodec();

  record User(String name, int age) {}

  @Test
  void valueGoesThereAndBack() {
    byte[] json = codec.encode(new User("Zoë", 7));

    assertThat(new String(json, StandardCharsets.UTF_8)).contains("\"Zoë\"");
    assertThat(codec.decode(json, User.class)).isEqualTo(new User("Zoë", 7));
  }

  @Test
  void genericTypeIsDecoded() {
    byte[] json = "[{\"name\":\"a\",\"age\":1}]".getBytes(StandardCharsets.UTF_8);

    assertThat(codec.decode(json, new TypeRef<List<User>>() {}.type()))
        .isEqualTo(List.of(new User("a", 1)));
  }

  @Test
  void unknownPropertiesAreIgnored() {
    assertThat(decode("{\"name\":\"a\",\"age\":1,\"more\":[]}")).isEqualTo(new User("a", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"name\":\"a\"} x", "[]", "{\"age\":\"many\"}", "nonsense"})
  void whatIsNoUserThrows(String json) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void deepNestingThrowsAndDoesNotOverflowTheStack() {
    String deep = "[".repeat(1_000_000);

    assertThatThrownBy(() -> codec.decode(deep.getBytes(StandardCharsets.UTF_8), Object.class))
        .isInstanceOf(RuntimeException.class);
  }

  private Object decode(String json) {
    return Objects.requireNonNull(codec.decode(json.getBytes(StandardCharsets.UTF_8), User.class));
  }
}
