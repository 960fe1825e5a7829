package io.millrace.heldout;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Examples;
import io.millrace.tokenize.HeldOutExample;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GoldenSetTest {

  @Test
  void theFirstOfEachLabelAreKept() {
    GoldenSet set = new GoldenSet(2, 1000);
    for (int i = 0; i < 12; i++) {
      set.offer(Examples.heldOut(i, 4, i % 3));
    }

    assertThat(set.examples())
        .extracting(example -> example.position().offset())
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void manyLabelsShareTheRoomThereIs() {
    // Given 77 labels that come in turns, 50 of each wanted
    GoldenSet set = new GoldenSet(50, 1000);
    for (int i = 0; i < 77 * 60; i++) {
      set.offer(Examples.heldOut(i, 4, i % 77));
    }

    assertThat(set.examples()).hasSize(1000);
    assertThat(counts(set).values()).hasSize(77).allMatch(count -> count == 12 || count == 13);
  }

  @Test
  void aLabelThatComesLateHasItsPartAndTheFirstOfTheOthersStay() {
    // Given a set that labels 0 and 1 have filled
    GoldenSet set = new GoldenSet(50, 30);
    for (int i = 0; i < 80; i++) {
      set.offer(Examples.heldOut(i, 4, i % 2));
    }
    assertThat(counts(set)).isEqualTo(Map.of(0, 15L, 1, 15L));

    // When
    for (int i = 100; i < 200; i++) {
      set.offer(Examples.heldOut(i, 4, 2));
    }

    // Then
    assertThat(counts(set)).isEqualTo(Map.of(0, 10L, 1, 10L, 2, 10L));
    assertThat(set.examples())
        .filteredOn(example -> example.target().group() == 0)
        .extracting(example -> example.position().offset())
        .containsExactly(0L, 2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L);
  }

  @Test
  void whatWasKeptIsKeptBehindARestartAndGoesOnInTheSameWay() {
    // Given
    GoldenSet set = new GoldenSet(50, 30);
    for (int i = 0; i < 200; i++) {
      set.offer(Examples.heldOut(i, 4, i % 7 == 0 ? 2 : i % 2));
    }

    // When
    GoldenSet restored = new GoldenSet(50, 30);
    set.examples().forEach(restored::offer);
    assertThat(restored.examples()).isEqualTo(set.examples());
    List.of(set, restored)
        .forEach(
            one -> {
              for (int i = 200; i < 300; i++) {
                one.offer(Examples.heldOut(i, 4, i % 4));
              }
            });

    // Then
    assertThat(ids(restored)).isEqualTo(ids(set));
  }

  private static List<String> ids(GoldenSet set) {
    return set.examples().stream().map(HeldOutExample::id).toList();
  }

  private static Map<Integer, Long> counts(GoldenSet set) {
    return set.examples().stream()
        .collect(
            Collectors.groupingBy(
                (HeldOutExample one) -> one.target().group(), Collectors.counting()));
  }
}
