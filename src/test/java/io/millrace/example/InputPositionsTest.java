package io.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class InputPositionsTest {

  @Test
  void partitionsOfTopicsWithDashesAreToldApart() {
    // Given
    InputPositions positions =
        InputPositions.START
            .after(new RecordPosition("a", 12, 3))
            .after(new RecordPosition("a-1", 2, 4))
            .after(new RecordPosition("a-1", 2, 7));

    // Then
    assertThat(positions.next())
        .containsOnly(
            Map.entry(new Partition("a", 12), 4L), Map.entry(new Partition("a-1", 2), 8L));
    assertThat(positions.of("a-1", 2)).hasValue(8);
    assertThat(positions.of("a", 1)).isEmpty();
  }
}
