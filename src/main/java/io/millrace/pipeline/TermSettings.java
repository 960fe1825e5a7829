package io.millrace.pipeline;

import io.millrace.checkpoint.UnitId;
import io.millrace.identity.TermRecords;
import io.millrace.identity.TermRecords.TermRecord;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
  static Optional<TermSettings> of(TermRecords records, long term, List<JournalEntry> entries)
      throws IOException {
    Deque<TermRecord> line = new ArrayDeque<>();
    Optional<Long> next = Optional.of(term);
    while (next.isPresent()) {
      Optional<TermRecord> record = records.of(next.get());
      if (record.isEmpty()) {
        return Optional.empty();
      }
      line.addFirst(record.get());
      boolean isEnough = entries.isEmpty() || entries.get(0).at().isAtOrBehind(at(record.get()));
      next =
          isEnough
              ? Optional.empty()
              : record.get().unit().flatMap(UnitId::parse).map(UnitId::term);
    }
    return Optional.of(new TermSettings(List.copyOf(line)));
  }

  /** The entries in stretches of equal settings and base, in order. */
  List<Stretch> stretches(List<JournalEntry> entries) {
    List<Stretch> stretches = new ArrayList<>();
    for (JournalEntry entry : entries) {
      TermRecord term = term(entry);
      Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
      if (last == null
          || !last.term().settings().equals(term.settings())
          || !last.term().base().equals(term.base())) {
        last = new Stretch(term, new ArrayList<>());
        stretches.add(last);
      }
      last.entries().add(entry);
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
   */
  record Stretch(TermRecord term, List<JournalEntry> entries) {

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
      term.settings().forEach((name, value) -> settings.put(PREFIX + name, value));
      return settings;
    }
  }
}
