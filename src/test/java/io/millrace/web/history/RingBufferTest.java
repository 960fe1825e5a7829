package io.millrace.web.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RingBufferTest {

  @Test
  void theOldestLeavesWhenThereIsNoRoom() {
    // Given
    RingBuffer<Integer> newest = new RingBuffer<>(3);

    // When
    for (int i = 1; i <= 5; i++) {
      newest.add(i);
    }

    // Then
    assertThat(newest.oldestFirst()).containsExactly(3, 4, 5);
    assertThat(newest.newestFirst()).containsExactly(5, 4, 3);
  }

  @Test
  void itHasRoomForOneAtLeast() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RingBuffer<>(0));
  }
}
