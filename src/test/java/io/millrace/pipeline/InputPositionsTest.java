package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.RecordPosition;
import java.util.HashMap;
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

    // When
    Map<RecordPosition, Long> seen = new HashMap<>();
    positions.forEach(
        (topic, partition, next) -> seen.put(new RecordPosition(topic, partition, 0), next));

    // Then
    assertThat(seen)
        .containsOnly(
            Map.entry(new RecordPosition("a", 12, 0), 4L),
            Map.entry(new RecordPosition("a-1", 2, 0), 8L));
    assertThat(positions.of("a-1", 2)).hasValue(8);
    assertThat(positions.of("a", 1)).isEmpty();
  }
}
