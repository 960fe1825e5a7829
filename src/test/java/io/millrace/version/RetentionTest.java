package io.millrace.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Examples;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Versions 1 to 6, a second between one and the next. */
class RetentionTest {

  private static final Instant LATER = Examples.NOON.plus(Duration.ofDays(1));

  private final List<ModelVersion> versions =
      new ArrayList<>(LongStream.rangeClosed(1, 6).mapToObj(Versions::version).toList());

  @Test
  void theOldestBeyondTheCountGo() {
    assertThat(expired(new Retention(3, Optional.empty(), Duration.ZERO), 6, Set.of(), LATER))
        .containsExactly(1L, 2L, 3L);
    assertThat(expired(new Retention(9, Optional.empty(), Duration.ZERO), 6, Set.of(), LATER))
        .isEmpty();
  }

  @Test
  void theCurrentVersionAndTheOneBeforeItStayWhateverTheCount() {
    assertThat(expired(new Retention(1, Optional.empty(), Duration.ZERO), 6, Set.of(), LATER))
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(expired(new Retention(1, Optional.empty(), Duration.ZERO), 3, Set.of(), LATER))
        .containsExactly(1L, 4L, 5L);
  }

  @Test
  void whatOneCanRollBackToStays() {
    assertThat(expired(new Retention(1, Optional.empty(), Duration.ZERO), 6, Set.of(2L), LATER))
        .containsExactly(1L, 3L, 4L);
  }

  @Test
  void beyondTheAgeTheyGoThoughTheCountWouldKeepThem() {
    // Given versions 1 and 2 older than a minute
    Retention retention = new Retention(9, Optional.of(Duration.ofMinutes(1)), Duration.ZERO);

    // Then
    assertThat(expired(retention, 6, Set.of(), Examples.NOON.plusSeconds(62).plusMillis(1)))
        .containsExactly(1L, 2L);
  }

  @Test
  void aVersionStaysForTheGraceSinceAnotherTookItsPlace() {
    // Given that version 3 was superseded at second 4
    Retention retention = new Retention(1, Optional.empty(), Duration.ofMinutes(1));

    // Then
    assertThat(expired(retention, 6, Set.of(), Examples.NOON.plusSeconds(63)))
        .containsExactly(1L, 2L);
    assertThat(expired(retention, 6, Set.of(), Examples.NOON.plusSeconds(64)))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void theGraceBeginsWhenConsumersWereToldOfTheSuccessorNotWhenThatWasMade() {
    // Given that version 5 was an hour on its way
    Retention retention = new Retention(1, Optional.empty(), Duration.ofMinutes(1));
    Instant told = Examples.NOON.plus(Duration.ofHours(1));

    // Then
    for (int second : List.of(59, 60)) {
      assertThat(
              numbers(
                  retention.expired(
                      versions,
                      version -> version.version() == 5 ? told : version.createdAt(),
                      versions.get(5),
                      Optional.empty(),
                      Set.of(),
                      told.plusSeconds(second))))
          .isEqualTo(second < 60 ? List.of(1L, 2L, 3L) : List.of(1L, 2L, 3L, 4L));
    }
  }

  @Test
  void afterARollBackTheGraceCountsFromWhenConsumersWereToldSo() {
    // Given a roll-back from version 5 to 2, ten minutes later
    Retention retention = new Retention(1, Optional.empty(), Duration.ofMinutes(1));
    Instant back = Examples.NOON.plus(Duration.ofMinutes(10));
    RolledBack rolledBack =
        RollBacks.to(2, 4).from(5, 6).by("on-call").because("asked for").at(back).build();

    // Then version 5 has its grace from then on
    assertThat(
            numbers(
                retention.expired(
                    versions,
                    ModelVersion::createdAt,
                    versions.get(1),
                    Optional.of(rolledBack),
                    Set.of(),
                    back)))
        .containsExactly(3L, 4L);
    assertThat(
            numbers(
                retention.expired(
                    versions,
                    ModelVersion::createdAt,
                    versions.get(1),
                    Optional.of(rolledBack),
                    Set.of(),
                    LATER)))
        .containsExactly(3L, 4L, 5L);
  }

  @Test
  void aVersionThatWasRolledBackToCountsFromItsLastSuccessor() {
    // Given that version 2 was current twice, until version 7 an hour later
    Instant much = Examples.NOON.plus(Duration.ofHours(1));
    versions.add(Versions.successor(7, 2, much));
    Retention retention = new Retention(1, Optional.empty(), Duration.ofMinutes(1));

    // Then
    List<ModelVersion> later = new ArrayList<>(versions);
    later.add(Versions.successor(8, 7, much.plusSeconds(1)));
    assertThat(
            numbers(
                retention.expired(
                    later,
                    ModelVersion::createdAt,
                    later.get(7),
                    Optional.empty(),
                    Set.of(),
                    much.plusSeconds(59))))
        .containsExactly(1L, 3L, 4L, 5L);
    assertThat(
            numbers(
                retention.expired(
                    later,
                    ModelVersion::createdAt,
                    later.get(7),
                    Optional.empty(),
                    Set.of(),
                    much.plusSeconds(60))))
        .contains(2L);
  }

  @Test
  void keepingNoneIsRefused() {
    assertThatThrownBy(() -> new Retention(0, Optional.empty(), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("at least 1 version is kept, not 0");
  }

  private List<Long> expired(Retention retention, int current, Set<Long> restorable, Instant now) {
    return numbers(
        retention.expired(
            versions,
            ModelVersion::createdAt,
            versions.get(current - 1),
            Optional.empty(),
            restorable,
            now));
  }

  private static List<Long> numbers(List<ModelVersion> versions) {
    return versions.stream().map(ModelVersion::version).toList();
  }
}
