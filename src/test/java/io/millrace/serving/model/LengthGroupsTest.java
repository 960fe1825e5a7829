package io.millrace.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthGroupsTest {

  @Test
  void textsOfLikeLengthsStayTogether() {
    assertThat(groups(5, 3, 4, 9)).containsExactly(List.of(1, 2, 0, 3));
  }

  @Test
  void aLongTextDoesNotPadTheOthers() {
    assertThat(groups(4, 512, 4, 5)).containsExactly(List.of(0, 2, 3), List.of(1));
  }

  @Test
  void noGroupIsPaddedToMoreThanTwiceItsTokens() {
    // Given
    int[] lengths = IntStream.range(0, 64).map(i -> 1 + i * i % 500).toArray();

    // When
    List<List<Integer>> groups = groups(lengths);

    // Then
    assertThat(groups.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 64).boxed().toList());
    for (List<Integer> group : groups) {
      int longest = group.stream().mapToInt(place -> lengths[place]).max().getAsInt();
      int tokens = group.stream().mapToInt(place -> lengths[place]).sum();
      assertThat(group.size() * longest).isLessThanOrEqualTo(2 * tokens);
    }
  }

  private static List<List<Integer>> groups(int... lengths) {
    return LengthGroups.of(
        IntStream.of(lengths)
            .mapToObj(length -> new TokenizedText(new int[length], new int[length]))
            .toList());
  }
}
