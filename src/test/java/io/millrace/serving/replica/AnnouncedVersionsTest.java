package io.millrace.serving.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Examples;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AnnouncedVersionsTest {

  private final AnnouncedVersions announced = new AnnouncedVersions(Optional.of(2L));

  @Test
  void aRollBackHoldsUntilTheNextVersion() {
    publish(1, 2, 3);

    announced.add(rolledBack(1, 3, 0));
    assertThat(current()).isEqualTo(1);

    publish(4);
    assertThat(current()).isEqualTo(4);
    assertThat(announced.rollBack()).isEmpty();
  }

  @Test
  void aRollBackThatIsReadBehindTheVersionThatReplacedItChangesNothing() {
    publish(1, 2, 3, 4);

    announced.add(rolledBack(1, 3, 0));

    assertThat(current()).isEqualTo(4);
    assertThat(announced.rollBack()).isEmpty();
  }

  @Test
  void ofTwoRollBacksTheOneSentLaterCountsWhicheverIsReadFirst() {
    publish(1, 2, 3);

    announced.add(rolledBack(1, 3, 60));
    announced.add(rolledBack(2, 3, 0));

    assertThat(current()).isEqualTo(1);
  }

  @Test
  void versionsAreReadInAnyOrder() {
    publish(3, 1, 2);

    assertThat(current()).isEqualTo(3);
    assertThat(announced.pinned()).map(ModelVersion::version).contains(2L);
  }

  @Test
  void confusionMatricesAreNotRemembered() {
    assertThat(Versions.version(1).evaluation().confusion()).isNotEmpty();

    publish(1);

    assertThat(announced.current().orElseThrow().evaluation().confusion()).isEmpty();
  }

  @Test
  void onlyTheNewestAreRememberedAndThePinnedOne() {
    publish(LongStream.rangeClosed(1, 1000).toArray());

    assertThat(announced.size()).isEqualTo(AnnouncedVersions.REMEMBERED);
    assertThat(announced.pinned()).map(ModelVersion::version).contains(2L);
    assertThat(current()).isEqualTo(1000);
  }

  private void publish(long... numbers) {
    LongStream.of(numbers).mapToObj(Versions::version).forEach(announced::add);
  }

  private long current() {
    return announced.current().orElseThrow().version();
  }

  private static RolledBack rolledBack(long version, long lastVersion, long second) {
    return RollBacks.to(version).from(lastVersion).at(Examples.NOON.plusSeconds(second)).build();
  }
}
