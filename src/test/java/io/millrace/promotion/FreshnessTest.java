package io.millrace.promotion;

import static io.millrace.testing.Examples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gate.InterimLooks;
import io.millrace.learner.Progress;
import io.millrace.run.Progresses;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final ModelVersion CURRENT = Versions.aged(2, NOON, Optional.of(NOON));

  private Instant now = NOON;
  private final Freshness freshness = new Freshness(HOUR, Optional.empty(), () -> now);

  @Test
  void aVersionIsOverdueOnceItsNewestExampleIsOlderThanTheTargetAndANewerOneWasTrained() {
    at(60);
    assertThat(freshness.isOverdue(CURRENT, trained(1, 30))).isFalse();
    at(61);
    assertThat(freshness.isOverdue(CURRENT, trained(1, 30))).isTrue();
  }

  @Test
  void oneOfAnOldBacklogIsOverdueTheMomentItIsPublished() {
    // Given examples that had waited for five hours
    ModelVersion backlog = Versions.aged(2, NOON.plus(Duration.ofHours(5)), Optional.of(NOON));

    at(5 * 60 + 1);

    assertThat(freshness.isOverdue(backlog, trained(1, 10))).isTrue();
  }

  @Test
  void nothingIsOverdueWhileNothingNewerIsTrained() {
    at(600);

    assertThat(freshness.isOverdue(CURRENT, trained(0, 0))).as("nothing came").isFalse();
    assertThat(freshness.isOverdue(CURRENT, trained(1, -30))).as("older ones came").isFalse();
  }

  @Test
  void whatWasRolledBackToHasTheTargetsTimeFromThenOn() {
    // Given
    at(600);
    Freshness behind = new Freshness(HOUR, Optional.of(rolledBackTo(2)), () -> now);

    // Then
    at(660);
    assertThat(behind.isOverdue(CURRENT, trained(1, 630))).isFalse();
    at(661);
    assertThat(behind.isOverdue(CURRENT, trained(1, 630))).isTrue();

    // But what came out behind it has no more than others
    ModelVersion next = Versions.aged(4, NOON.plus(Duration.ofMinutes(620)), Optional.of(NOON));
    assertThat(behind.isOverdue(next, trained(1000, 630))).isTrue();
  }

  @Test
  void aVersionThatDoesNotTellItsNewestExampleCountsFromItsPublication() {
    ModelVersion before = Versions.aged(2, NOON, Optional.empty());

    at(60);
    assertThat(freshness.isOverdue(before, trained(1, 30))).isFalse();
    at(61);
    assertThat(freshness.isOverdue(before, trained(1, 30))).isTrue();
  }

  @Test
  void aProducersClockThatIsAheadKeepsNoVersionFreshForEver() {
    // Given an example of the year after
    ModelVersion ahead = Versions.aged(2, NOON, Optional.of(NOON.plus(Duration.ofDays(365))));

    at(61);

    assertThat(freshness.isOverdue(ahead, trained(1, 365 * 24 * 60))).isTrue();
  }

  @Test
  void lenientLooksAreATenthOfTheTargetApart() {
    // Given the first look
    at(70);
    assertThat(freshness.wantsLook(CURRENT, trained(1, 30), InterimLooks.NONE)).isTrue();
    InterimLooks looked = freshness.looked(InterimLooks.NONE.at(2));

    // Then
    at(75);
    assertThat(freshness.wantsLook(CURRENT, trained(2, 72), looked)).isFalse();
    at(76);
    assertThat(freshness.wantsLook(CURRENT, trained(2, 72), looked)).isTrue();
  }

  @Test
  void whatWasLookedAtForAnotherVersionDoesNotCount() {
    at(70);
    InterimLooks ofAnother = freshness.looked(InterimLooks.NONE.at(1));

    assertThat(freshness.wantsLook(CURRENT, trained(1, 30), ofAnother)).isTrue();
  }

  @Test
  void evaluationsComeFourTimesInATargetAtLeast() {
    Duration minute = Duration.ofMinutes(1);

    assertThat(freshness.cadence(minute)).isEqualTo(minute);
    assertThat(new Freshness(minute, Optional.empty(), () -> now).cadence(minute))
        .isEqualTo(Duration.ofSeconds(15));
  }

  private void at(int minutes) {
    now = NOON.plus(Duration.ofMinutes(minutes));
  }

  /** Behind so many more examples than the current version has, the newest sent then. */
  private static Progress trained(long more, int minutes) {
    return Progresses.trained(more, NOON.plus(Duration.ofMinutes(minutes)));
  }

  private RolledBack rolledBackTo(long version) {
    return RollBacks.to(version).from(3).by("automatic-3").at(now).build();
  }
}
