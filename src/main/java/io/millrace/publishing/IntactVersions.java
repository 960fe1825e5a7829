package io.millrace.publishing;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.promotion.Champion;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The versions that a term begins with, but for those whose files are damaged: one that cannot be
 * read is named, with what follows from that, and training goes on without it. Training thread.
 */
public final class IntactVersions {

  /** The place of its problems. */
  static final String PLACE = "version";

  private static final Logger LOG = Logger.getLogger(IntactVersions.class);

  private final Publisher publisher;
  private final VersionStore store;
  private final OpenProblems problems;

  public IntactVersions(Publisher publisher, VersionStore store, OpenProblems problems) {
    this.publisher = publisher;
    this.store = store;
    this.problems = problems;
  }

  /** A version that is announced takes the place of a damaged one. */
  public static Consumer<ModelVersion> resolving(
      OpenProblems problems, Consumer<ModelVersion> next) {
    return version -> {
      problems.resolve(PLACE);
      next.accept(version);
    };
  }

  /** The current version, or the newest before it that can be loaded; empty where none can. */
  public Optional<Champion> current() {
    List<String> damaged = store.damaged();
    if (!damaged.isEmpty()) {
      problems.report(
          PLACE,
          Outlook.WAITS_FOR_OPERATOR,
          "%s: nothing rolls back to it, and it is not served"
              .formatted(String.join("; ", damaged)),
          "Restore the file from a backup, then restart; or leave it, the next version takes its"
              + " place.");
    }
    Optional<ModelVersion> current = store.current();
    if (current.isEmpty()) {
      return Optional.empty();
    }
    List<ModelVersion> candidates = new ArrayList<>(store.list());
    candidates.removeIf(version -> version.version() > current.get().version());
    Collections.reverse(candidates);
    for (ModelVersion version : candidates) {
      Optional<Champion> loaded =
          load(version, "candidates are compared with an earlier version, or with none");
      if (loaded.isPresent()) {
        return loaded;
      }
    }
    return Optional.empty();
  }

  /** The version that another replaced; empty where its files are gone or damaged. */
  public Optional<Champion> predecessor(ModelVersion of) {
    return store.list().stream()
        .filter(version -> of.parent().equals(Optional.of(version.version())))
        .findFirst()
        .flatMap(
            version ->
                load(
                    version,
                    "it is not watched whether version "
                        + of.version()
                        + " is worse, and nothing rolls back to this one"));
  }

  private Optional<Champion> load(ModelVersion version, String consequence) {
    try {
      return Optional.of(publisher.load(version));
    } catch (IOException | RuntimeException e) {
      LOG.debugf(e, "version %d cannot be loaded", version.version());
      problems.report(
          PLACE,
          Outlook.WAITS_FOR_OPERATOR,
          "version %d cannot be loaded, %s: %s"
              .formatted(version.version(), e.getMessage(), consequence),
          "Restore its folder %s from a backup or from the artifact store, then restart; or leave"
                  .formatted(store.folder(version.version(), version.term()))
              + " it, the next version takes its place.");
      return Optional.empty();
    }
  }
}
