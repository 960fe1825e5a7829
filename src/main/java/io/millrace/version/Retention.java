package io.millrace.version;

import io.millrace.gate.PublicationSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Which versions' files may go: those beyond a count or an age, but none that a consumer could
 * still be told to load.
 *
 * @param keep versions that stay, the newest; at least 1
 * @param maxAge from which on an older version goes even so; empty for none
 * @param grace since it was superseded, for which a version stays in any case: a consumer may be
 *     loading it
 */
public record Retention(int keep, Optional<Duration> maxAge, Duration grace) {

  public Retention {
    if (keep < 1 || grace.isNegative()) {
      throw new IllegalArgumentException(
          "at least 1 version is kept, not %d, and no negative grace: %s".formatted(keep, grace));
    }
  }

  /** As the settings want it. */
  public static Retention of(PublicationSettings settings) {
    return new Retention(
        settings.keepVersions(), settings.maxVersionAge(), settings.supersededGrace());
  }

  /**
   * Chooses.
   *
   * @param versions announced ones whose files are there, oldest first
   * @param announced when consumers were told of one: its upload and commit may have taken long
   * @param current of these, the one that is served
   * @param rollBack the last one
   * @param restorable numbers of versions that one can roll back to
   */
  public List<ModelVersion> expired(
      List<ModelVersion> versions,
      Function<ModelVersion, Instant> announced,
      ModelVersion current,
      Optional<RolledBack> rollBack,
      Set<Long> restorable,
      Instant now) {
    int newest = versions.size() - 1;
    return IntStream.range(0, newest)
        .filter(
            index -> {
              ModelVersion version = versions.get(index);
              boolean mayGo =
                  index <= newest - keep
                      || maxAge
                          .filter(age -> version.createdAt().plus(age).isBefore(now))
                          .isPresent();
              return mayGo
                  && version.version() != current.version()
                  && !current.parent().equals(Optional.of(version.version()))
                  && !restorable.contains(version.version())
                  && !superseded(
                          version, versions.subList(index + 1, newest + 1), announced, rollBack)
                      .plus(grace)
                      .isAfter(now);
            })
        .mapToObj(versions::get)
        .toList();
  }

  /** When consumers were last told to load another one instead. */
  private static Instant superseded(
      ModelVersion version,
      List<ModelVersion> later,
      Function<ModelVersion, Instant> announced,
      Optional<RolledBack> rollBack) {
    Instant last = announced.apply(later.get(0));
    for (ModelVersion other : later) { // after a roll-back to it, it has another successor
      if (other.parent().equals(Optional.of(version.version()))
          && announced.apply(other).isAfter(last)) {
        last = announced.apply(other);
      }
    }
    Optional<Instant> takenBack =
        rollBack.filter(event -> event.from() == version.version()).map(RolledBack::time);
    return takenBack.filter(last::isBefore).orElse(last);
  }
}
