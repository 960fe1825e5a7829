package io.millrace.problem;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * The problems that are open, at most one a place. It logs when one begins, changes and ends, so
 * that a cause that stays fills no log. Thread-safe.
 */
@ApplicationScoped
public class OpenProblems {

  private static final Logger LOG = Logger.getLogger(OpenProblems.class);
  private static final Comparator<OpenProblem> GRAVEST_FIRST =
      Comparator.comparing(OpenProblem::outlook)
          .reversed()
          .thenComparing(OpenProblem::since)
          .thenComparing(OpenProblem::place);

  private final Map<String, OpenProblem> byPlace = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final InstantSource clock;

  public OpenProblems() {
    this(InstantSource.system());
  }

  public OpenProblems(InstantSource clock) {
    this.clock = clock;
  }

  /** Opens the problem of a place, or brings it up to date: it keeps the time of its beginning. */
  public void report(String place, Outlook outlook, String cause, String remedy) {
    byPlace.compute(
        place,
        (same, before) -> {
          Instant since = before == null ? clock.instant() : before.since();
          OpenProblem now = new OpenProblem(place, outlook, cause, remedy, since);
          if (!now.equals(before)) {
            LOG.warnf("%s (%s): %s. %s", place, outlook, cause, remedy);
          }
          return now;
        });
    listeners.forEach(Runnable::run);
  }

  /** The place is well again; nothing happens where it was. */
  public void resolve(String place) {
    OpenProblem ended = byPlace.remove(place);
    if (ended != null) {
      LOG.infof("%s goes on, after a problem since %s", place, ended.since());
      listeners.forEach(Runnable::run);
    }
  }

  /** From now on it is run after each report and resolution, on the thread of those; brief. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** All that are open, the gravest first, then the oldest. */
  public List<OpenProblem> all() {
    return byPlace.values().stream().sorted(GRAVEST_FIRST).toList();
  }

  /** The one to show where there is room for one. */
  public Optional<OpenProblem> gravest() {
    return all().stream().findFirst();
  }
}
