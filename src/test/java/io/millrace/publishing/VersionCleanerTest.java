package io.millrace.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.Stores;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.run.MemoryArtifacts;
import io.millrace.run.NoCheckpoints;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Versions;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes from the working copy goes from the artifact store, and nothing else does. */
class VersionCleanerTest {

  private static final long TERM = Versions.TERM;

  @TempDir private Path folder;

  private final MemoryArtifacts artifacts = new MemoryArtifacts();
  private FolderVersionStore versions;

  @BeforeEach
  void fourVersions() throws IOException {
    versions = new FolderVersionStore(folder.resolve("versions"));
    for (long number = 1; number <= 4; number++) {
      versions.markAnnounced(write(number));
      artifacts.versions.put(key(number, TERM), true);
    }
  }

  @Test
  void whatIsPrunedGoesFromBoth() throws IOException {
    // When
    cleaner(TERM).run();

    // Then
    assertThat(versions.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
    assertThat(artifacts.versions).containsOnlyKeys(key(3, TERM), key(4, TERM));
  }

  @Test
  void whatCannotBeReachedGoesTheNextTime() throws IOException {
    // Given
    artifacts.outage.set("Connection refused");
    try (CapturedLog log = CapturedLog.of(VersionCleaner.class)) {
      cleaner(TERM).run();
      assertThat(log.lines())
          .containsExactly(
              "WARN old versions are not removed, the next publication tries again: Connection refused");
    }
    assertThat(artifacts.versions).hasSize(4);

    // When
    artifacts.outage.set(null);
    cleaner(TERM).run();

    // Then
    assertThat(artifacts.versions).containsOnlyKeys(key(3, TERM), key(4, TERM));
  }

  @Test
  void ofVersionsWithoutAnnouncementOnlyThoseOfEarlierOwnersGo() throws IOException {
    // Given one that an earlier owner never announced, and one that a unit is about to announce
    artifacts.versions.put(key(5, TERM), true);
    artifacts.versions.put(key(5, TERM + 1), true);
    artifacts.versions.put(key(5, TERM + 2), true); // of the one that fenced this owner
    artifacts.versions.put(key(4, TERM - 1), false);

    // When
    cleaner(TERM + 1).run();

    // Then
    assertThat(artifacts.versions)
        .containsOnlyKeys(key(3, TERM), key(4, TERM), key(5, TERM + 1), key(5, TERM + 2));
  }

  @Test
  void aStoreThatWasLostRemovesNothingThatConsumersMayLoad() throws IOException {
    // Given an empty store that knows from the broker that version 4 was the last
    versions = new FolderVersionStore(folder.resolve("new"));
    versions.markAnnounced(Versions.version(4));
    artifacts.versions.put(key(2, TERM - 1), false);

    // When
    cleaner(TERM + 1).run();

    // Then
    assertThat(artifacts.versions)
        .containsOnlyKeys(key(1, TERM), key(2, TERM), key(3, TERM), key(4, TERM));
  }

  private VersionCleaner cleaner(long term) throws IOException {
    VersionCheckpoints none =
        new VersionCheckpoints(
            FolderCheckpointStore.ofAll(folder.resolve("restore-points")), versions, 2);
    return new VersionCleaner(
        new Stores(new NoCheckpoints(), none, null, versions, null, null),
        new Retention(1, Optional.empty(), Duration.ZERO),
        Optional.of(artifacts),
        term);
  }

  private ModelVersion write(long number) throws IOException {
    return versions.add(
        number,
        TERM,
        at -> Files.writeString(at.resolve("config.json"), "{}"),
        (at, files) -> Versions.version(number, files));
  }

  private static VersionKey key(long number, long term) {
    return new VersionKey(number, term);
  }
}
