package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.UnexpectedError;
import org.junit.jupiter.api.Test;

class OutcomeOrElseTest {

  @Test
  void failureGivesTheOtherValueAndSuccessItsOwn() {
    Outcome<String> success = new Outcome.Success<>("own");
    Outcome<String> failure = new Outcome.Failure<>(UnexpectedError.wrap(new Exception("cut")));
    assertThat(success.orElse("other")).isEqualTo("own");
    assertThat(failure.orElse("other")).isEqualTo("other");
  }
}
