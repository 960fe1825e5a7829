package io.millrace.intake;

import io.millrace.config.PipelineException;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Forms the chunks that the journal remembers again, record for record, whichever order the
 * partitions deliver in. One thread at a time.
 */
public final class JournalReplayer {

  private static final Logger LOG = Logger.getLogger(JournalReplayer.class);

  /** Records that may wait beyond those that the journal asks for, some 50 MB of short texts. */
  private static final int MAX_EXTRA = 50_000;

  /** Of those that the journal asks for, the most that may wait at once. */
  private static final int MAX_ASKED_FOR = 250_000;

  private final Iterator<JournalEntry> entries;
  private final int maxWaiting;
  private Optional<JournalEntry> first;
  private final Map<Partition, Deque<IntakeItem>> waiting = new HashMap<>();
  private int arrivals;

  /**
   * @param entries what is to be repeated, in order; read one by one
   */
  public JournalReplayer(Entries entries) {
    this.entries = entries.iterator();
    this.maxWaiting = MAX_EXTRA + (int) Math.min(MAX_ASKED_FOR, entries.records());
    this.first = following();
  }

  /** Of a few. */
  public JournalReplayer(List<JournalEntry> entries) {
    this(Entries.of(entries));
  }

  boolean isOver() {
    return first.isEmpty();
  }

  private Optional<JournalEntry> following() {
    return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
  }

  /**
   * Takes a record.
   *
   * @throws PipelineException where one partition delivers nothing while all others do
   */
  void add(IntakeItem arrival) {
    arrivals++;
    if (arrivals > maxWaiting) {
      throw new PipelineException(
          "%d records wait for those that were trained on before them: %s are not delivered"
              .formatted(arrivals, missing()));
    }
    var position = arrival.record().position();
    waiting.computeIfAbsent(position.inPartition(), p -> new ArrayDeque<>()).addLast(arrival);
  }

  /**
   * The next to repeat, once all its records are here.
   *
   * @param from positions in front of it
   */
  Optional<Work> next(InputPositions from) {
    JournalEntry next = first.orElse(null);
    if (next instanceof JournalEntry.Idle idle) {
      first = following();
      return Optional.of(
          new Work.IdleReplay(idle.examples(), true, idle.forgotten(), idle.rewarmed()));
    }
    if (next instanceof JournalEntry.Chunk chunk && chunk.runs().stream().allMatch(this::isHere)) {
      first = following();
      return Optional.of(chunk(chunk, from));
    }
    return Optional.empty();
  }

  /** What came and is not part of any, once all is repeated. */
  List<IntakeItem> rest() {
    List<IntakeItem> rest = waiting.values().stream().flatMap(Deque::stream).toList();
    waiting.clear();
    return rest;
  }

  private boolean isHere(JournalEntry.Run run) {
    Deque<IntakeItem> arrived = waiting.get(run.partition());
    return arrived != null && !arrived.isEmpty() && offset(arrived.peekLast()) >= run.to() - 1;
  }

  private Chunk chunk(JournalEntry.Chunk entry, InputPositions from) {
    List<IntakeItem> taken = new ArrayList<>();
    InputPositions end = from;
    for (JournalEntry.Run run : entry.runs()) {
      Deque<IntakeItem> arrived = waiting.get(run.partition());
      int before = taken.size();
      while (!arrived.isEmpty() && offset(arrived.peekFirst()) < run.to()) {
        IntakeItem next = arrived.removeFirst();
        // The journal says what was passed over.
        taken.add(next instanceof IntakeItem.OutOfDate outdated ? outdated.example() : next);
      }
      int missing = run.records() - (taken.size() - before);
      if (missing != 0) {
        LOG.warnf(
            "%d of the %d records of %s from offset %d to %d that were trained on before the"
                + " restart are no longer in the log: chunk %d is trained on without them",
            missing, run.records(), run.partition(), run.from(), run.to(), entry.at().chunks());
      }
      end = end.with(run.partition(), run.to());
    }
    arrivals -= taken.size();
    return new Chunk(
        taken,
        end,
        Chunk.CloseReason.REPEATED,
        entry.skipped(),
        entry.forgotten(),
        entry.rewarmed());
  }

  private String missing() {
    return first.orElse(null) instanceof JournalEntry.Chunk chunk
        ? chunk.runs().stream()
            .filter(run -> !isHere(run))
            .map(run -> run.partition() + " from offset " + run.from() + " to " + run.to())
            .toList()
            .toString()
        : "none";
  }

  private static long offset(IntakeItem arrival) {
    return arrival.record().position().offset();
  }
}
