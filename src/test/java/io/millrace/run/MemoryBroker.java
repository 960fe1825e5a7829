package io.millrace.run;

import io.millrace.commit.Commit;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.example.DeadLetter;
import io.millrace.example.InputPositions;
import io.millrace.identity.InputSource;
import io.millrace.version.ModelVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** The broker's side of ownership, in memory: one owner at a time, commits in order. */
public final class MemoryBroker implements Ownership.Claims {

  private final List<Commit> commits = new CopyOnWriteArrayList<>();
  private final AtomicReference<Commit> last = new AtomicReference<>();
  private volatile long term;
  private volatile Predicate<Commit> refusing = commit -> false;
  private volatile Optional<Runnable> stuck = Optional.empty();
  private volatile InputSource source = InputSource.UNKNOWN;

  /** What it says of its topics to owners from now on. */
  public void source(InputSource said) {
    source = said;
  }

  /** Everything committed, but for what each term begins with. */
  public List<Commit> commits() {
    return commits;
  }

  /** Where the last commit stands; there must be one. */
  public InputPositions committed() {
    return commits.get(commits.size() - 1).positions();
  }

  public List<DeadLetter> letters() {
    return commits.stream().flatMap(commit -> commit.outbox().letters().stream()).toList();
  }

  public List<ModelVersion> versions() {
    return commits.stream().flatMap(commit -> commit.outbox().versions().stream()).toList();
  }

  /** From now on commits fail as they do for a fenced owner. */
  public void fence() {
    term++;
  }

  /**
   * From now on a commit waits until its owner is closed.
   *
   * @param onCommit run when one begins to wait
   */
  public void stick(Runnable onCommit) {
    stuck = Optional.of(onCommit);
  }

  /** From now on a commit dies with its owner: the unit is in the store, the broker has nothing. */
  public void refuse(boolean refuse) {
    refusing = commit -> refuse;
  }

  /** The same, for units that roll back. */
  public void refuseRollBacks() {
    refusing = commit -> !commit.outbox().rollBacks().isEmpty();
  }

  @Override
  public Ownership claim(long above) {
    term = Math.max(term, above) + 1;
    return new Owner(term, ledger(), source);
  }

  private Ledger ledger() {
    Commit last = this.last.get();
    if (last == null) {
      return Ledger.EMPTY;
    }
    List<ModelVersion> versions = versions();
    return new Ledger(
        Optional.of(last.unit()).filter(unit -> !unit.isEmpty()),
        last.positions(),
        versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1)),
        last.letters(),
        Optional.of(term));
  }

  /** Whether it says only what a term goes on from. */
  private boolean isKnown(String unit) {
    return unit.isEmpty() || commits.stream().anyMatch(commit -> commit.unit().equals(unit));
  }

  private final class Owner implements Ownership {

    private final long own;
    private final Ledger ledger;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean closed;
    private boolean begun;

    private final InputSource source;

    private Owner(long own, Ledger ledger, InputSource source) {
      this.own = own;
      this.ledger = ledger;
      this.source = source;
    }

    @Override
    public InputSource source() {
      return source;
    }

    @Override
    public long term() {
      return own;
    }

    @Override
    public Ledger ledger() {
      return ledger;
    }

    @Override
    public void commit(Commit commit) throws OwnershipLostException, InterruptedException {
      if (stuck.isPresent()) {
        stuck.get().run();
        end.await();
      }
      boolean begins = !begun && isKnown(commit.unit());
      if (closed || (!begins && refusing.test(commit)) || own != term) {
        throw new OwnershipLostException("term " + own + " has ended", null);
      }
      begun = true;
      last.set(commit);
      if (!begins) {
        commits.add(commit);
      }
    }

    @Override
    public void close() {
      closed = true;
      end.countDown();
    }
  }
}
