package io.millrace.commit;

import static io.millrace.testing.Examples.NOON;
import static io.millrace.testing.Versions.TERM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionCheckpointsTest {

  @TempDir private Path folder;

  private FolderVersionStore versions;

  @BeforeEach
  void open() throws IOException {
    versions = new FolderVersionStore(folder.resolve("versions"));
  }

  @Test
  void theNewestStay() throws IOException {
    VersionCheckpoints points = keeping(3);
    for (long number = 1; number <= 5; number++) {
      publish(points, number, number - 1);
    }

    assertThat(points.versions()).containsExactly(3L, 4L, 5L);
  }

  @Test
  void aVersionThatOneGoesBackToAgainAndAgainCanAlwaysBeGoneBackTo() throws IOException {
    // Given
    VersionCheckpoints points = keeping(3);
    for (long number = 1; number <= 3; number++) {
      publish(points, number, number - 1);
    }

    // When what follows version 3 is rolled back three times
    for (long number = 4; number <= 6; number++) {
      publish(points, number, 3);
      assertThat(points.of(listed(3))).as("behind version %d", number).isPresent();
      versions.markCurrent(backTo(3, number));
    }
    publish(points, 7, 3);

    // Then those went, and what can be gone back to are its line's newest
    assertThat(points.versions()).containsExactly(2L, 3L, 7L);
  }

  @Test
  void theVersionToBeReplacedStaysWhereItIsNotAnnouncedYet() throws IOException {
    // Given two that were written, one of them announced
    VersionCheckpoints points = keeping(2);
    publish(points, 1, 0);
    save(points, 2, 1);

    // When a third is written before that
    save(points, 3, 2);

    // Then the announced one stays too: the second may come to nothing
    assertThat(points.versions()).containsExactly(1L, 2L, 3L);

    // And goes once it does not
    announce(2, 1);
    announce(3, 2);
    publish(points, 4, 3);
    assertThat(points.versions()).containsExactly(2L, 3L, 4L);
    publish(points, 5, 4);
    assertThat(points.versions()).containsExactly(3L, 4L, 5L);
  }

  @Test
  void whatAnEarlierTermNeverAnnouncedGoesFirst() throws IOException {
    // Given
    VersionCheckpoints points = keeping(3);
    publish(points, 1, 0);
    points.save(2, Optional.of(1L), TERM - 1, new Checkpoint(15, Map.of(), Map.of()));
    publish(points, 2, 1);

    // When
    publish(points, 3, 2);
    publish(points, 4, 3);

    // Then
    assertThat(points.of(listed(2))).isPresent();
    assertThat(points.versions()).containsExactly(2L, 3L, 4L);
  }

  private VersionCheckpoints keeping(int keep) throws IOException {
    return new VersionCheckpoints(
        FolderCheckpointStore.ofAll(folder.resolve("restore-points")), versions, keep);
  }

  private void publish(VersionCheckpoints points, long number, long parent) throws IOException {
    save(points, number, parent);
    announce(number, parent);
  }

  private static void save(VersionCheckpoints points, long number, long parent) throws IOException {
    long step = Versions.version(number).provenance().step();
    points.save(number, Optional.of(parent), TERM, new Checkpoint(step, Map.of(), Map.of()));
  }

  private void announce(long number, long parent) throws IOException {
    ModelVersion version =
        versions.add(
            number,
            TERM,
            at -> Files.writeString(at.resolve("config.json"), "{}"),
            (at, files) -> Versions.successor(number, parent, NOON.plusSeconds(number)));
    versions.markAnnounced(version);
  }

  private ModelVersion listed(long number) {
    return versions.list().stream()
        .filter(version -> version.version() == number)
        .findFirst()
        .orElseThrow();
  }

  private static RolledBack backTo(long version, long from) {
    return RollBacks.to(version)
        .from(from)
        .by("automatic-" + from)
        .at(NOON.plusSeconds(from))
        .build();
  }
}
