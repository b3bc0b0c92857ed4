package dev.fetchwell.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeRefTest {

  @Test
  void capturesItsTypeArgument() {
    TypeRef<Map<String, List<Integer>>> type = new TypeRef<>() {};

    assertThat(type)
        .hasToString("java.util.Map<java.lang.String, java.util.List<java.lang.Integer>>");
    assertThat(new TypeRef<String>() {}.type()).isEqualTo(String.class);
  }

  @Test
  @SuppressWarnings({"rawtypes", "unchecked"})
  void rawTypeIsRefused() {
    assertThatThrownBy(() -> new TypeRef() {})
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected: new TypeRef<List<User>>() {}");
  }
}
