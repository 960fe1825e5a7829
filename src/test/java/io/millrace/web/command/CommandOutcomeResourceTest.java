package io.millrace.web.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.CommandOutcomes;
import io.millrace.web.problem.RefusedException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandOutcomeResourceTest {

  @Test
  void anIdThatNobodySentIsNotFound() {
    refused((id, atMost) -> Optional.empty(), 404, "no command of this id");
  }

  @Test
  void aBrokerThatDoesNotTellIsUnavailable() {
    refused(
        (id, atMost) -> {
          throw new IllegalStateException("Kafka says: no");
        },
        503,
        "Kafka says: no");
  }

  private static void refused(CommandOutcomes outcomes, int status, String message) {
    assertThatThrownBy(() -> new CommandOutcomeResource(outcomes).outcome("x"))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessageContaining(message);
  }
}
