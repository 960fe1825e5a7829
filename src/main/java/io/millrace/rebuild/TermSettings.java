package io.millrace.rebuild;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.config.PipelineException;
import io.millrace.identity.BaseIdentity;
import io.millrace.identity.TermRecords;
import io.millrace.identity.TermRecords.TermRecord;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which settings a lineage was trained with, stretch by stretch. Settings may change with a term;
 * what a term repeats of the one before it was trained with its own.
 */
final class TermSettings {

  private static final String PREFIX = "millrace.";
  private static final String UNKNOWN = "labels.unknown";

  private final List<TermRecord> terms;

  private TermSettings(List<TermRecord> terms) {
    this.terms = List.copyOf(terms);
  }

  /**
   * Those of the terms that lead to one.
   *
   * @param entries of the lineage
   * @return empty where a term on the way is from before they were kept
   */
  private static Optional<TermSettings> of(TermRecords records, long term, Entries entries)
      throws IOException {
    Deque<TermRecord> line = new ArrayDeque<>();
    Optional<JournalEntry> first = entries.stream().findFirst();
    Optional<Long> next = Optional.of(term);
    while (next.isPresent()) {
      Optional<TermRecord> record = records.of(next.get());
      if (record.isEmpty()) {
        return Optional.empty();
      }
      line.addFirst(record.get());
      boolean isEnough = first.map(entry -> entry.at().isAtOrBehind(at(record.get()))).orElse(true);
      next =
          isEnough
              ? Optional.empty()
              : record.get().unit().flatMap(CheckpointId::parse).map(CheckpointId::term);
    }
    return Optional.of(new TermSettings(List.copyOf(line)));
  }

  /** The stretches of a lineage; none where a term on the way is from before they were kept. */
  static List<Stretch> stretches(TermRecords records, long term, Entries entries)
      throws IOException {
    return of(records, term, entries).map(terms -> terms.stretches(entries)).orElse(List.of());
  }

  /** The entries in stretches of equal settings and base, in order. */
  private List<Stretch> stretches(Entries entries) {
    List<Stretch> stretches = new ArrayList<>();
    long index = 0;
    for (JournalEntry entry : entries) {
      TermRecord term = term(entry);
      int last = stretches.size() - 1;
      if (last >= 0 && stretches.get(last).isOf(term)) {
        stretches.set(last, stretches.get(last).longer());
      } else {
        stretches.add(new Stretch(term, index, 1));
      }
      index++;
    }
    return stretches;
  }

  /** The last that had begun in front of it. */
  private TermRecord term(JournalEntry entry) {
    TermRecord found = terms.get(0);
    for (TermRecord term : terms) {
      if (entry.at().isAtOrBehind(at(term))) {
        found = term;
      }
    }
    return found;
  }

  private static JournalPosition at(TermRecord term) {
    return new JournalPosition(term.chunks(), term.idleSteps());
  }

  /**
   * What was trained with the same settings.
   *
   * @param term a term that had them
   * @param first entry of the lineage, from 0
   * @param size how many
   */
  record Stretch(TermRecord term, long first, long size) {

    private boolean isOf(TermRecord other) {
      return term.settings().equals(other.settings()) && term.base().equals(other.base());
    }

    private Stretch longer() {
      return new Stretch(term, first, size + 1);
    }

    /**
     * @throws PipelineException where it was trained from another base; names both
     */
    void requireBase(BaseIdentity present) {
      if (!term.base().equals(present)) {
        throw new PipelineException(
            "term %d was trained from another base, whose files have the sha256 %s; millrace.model.base has %s"
                .formatted(term.term(), term.base(), present));
      }
    }

    /** Its entries. */
    Entries of(Entries lineage) {
      return new Entries() {
        @Override
        public long size() {
          return size;
        }

        @Override
        public long records() {
          return stream().mapToLong(JournalEntry::records).sum();
        }

        @Override
        public Iterator<JournalEntry> iterator() {
          return lineage.stream().skip(first).limit(size).iterator();
        }
      };
    }

    /**
     * The settings by their full names, to be laid over others.
     *
     * @param now those that shape training otherwise: what was not set then is not set
     */
    Map<String, String> over(Map<String, String> now) {
      Map<String, String> settings = new TreeMap<>();
      now.keySet().forEach(name -> settings.put(PREFIX + name, ""));
      if (now.containsKey(UNKNOWN)) {
        settings.put(PREFIX + UNKNOWN, "dead-letter");
        settings.remove(PREFIX + "labels.max");
      }
      term.settings().forEach((name, value) -> settings.put(PREFIX + name, plain(value)));
      return settings;
    }

    /** A list as it is written in settings. */
    private static String plain(String value) {
      return value.startsWith("[") && value.endsWith("]")
          ? value.substring(1, value.length() - 1).replace(", ", ",")
          : value;
    }
  }
}
