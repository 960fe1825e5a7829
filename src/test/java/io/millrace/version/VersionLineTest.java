package io.millrace.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Versions;
import io.millrace.version.VersionLine.Standing;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Versions of the test's kind have the number before theirs as their parent. */
class VersionLineTest {

  private static final List<ModelVersion> FIVE = versions(1, 5);

  @Test
  void withoutARollBackEveryOlderVersionIsSuperseded() {
    VersionLine line = VersionLine.of(FIVE, Optional.of(FIVE.get(4)));

    assertThat(line.standing(5)).isEqualTo(Standing.CURRENT);
    assertThat(LongStream.rangeClosed(1, 4).mapToObj(line::standing))
        .containsOnly(Standing.SUPERSEDED);
  }

  @Test
  void whatTheCurrentOneDoesNotComeFromWasRolledBack() {
    VersionLine line = VersionLine.of(FIVE, Optional.of(FIVE.get(2)));

    assertThat(line.standing(3)).isEqualTo(Standing.CURRENT);
    assertThat(line.standing(4)).isEqualTo(Standing.ROLLED_BACK);
    assertThat(line.standing(5)).isEqualTo(Standing.ROLLED_BACK);
    assertThat(line.standing(2)).isEqualTo(Standing.SUPERSEDED);
  }

  @Test
  void belowAParentWhoseDescriptionIsGoneNothingIsSaidToBeRolledBack() {
    // Given 2 and 3, and 5 whose parent 4 is gone
    List<ModelVersion> kept =
        List.of(Versions.version(2), Versions.version(3), Versions.version(5));

    // Then
    VersionLine line = VersionLine.of(kept, Optional.of(Versions.version(5)));
    assertThat(line.standing(3)).isEqualTo(Standing.SUPERSEDED);
  }

  @Test
  void beforeTheFirstVersionThereIsNoLine() {
    assertThat(VersionLine.of(List.of(), Optional.empty()).standing(1))
        .isNotEqualTo(Standing.CURRENT);
  }

  private static List<ModelVersion> versions(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(Versions::version).toList();
  }
}
