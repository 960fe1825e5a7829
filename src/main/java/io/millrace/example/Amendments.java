package io.millrace.example;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Later records, looked up by the id that they are about. Immutable. */
public final class Amendments {

  private final Map<String, List<Amendment>> byId;

  public Amendments(Collection<Amendment> amendments) {
    this.byId = amendments.stream().collect(Collectors.groupingBy(Amendment::id));
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  /** What becomes of a record: what the last record about it says; empty where there is none. */
  public Optional<Amendment.Kind> of(String id, RecordPosition position) {
    return byId.getOrDefault(id, List.of()).stream()
        .filter(later -> later.isAbout(id, position))
        .reduce((first, second) -> isBehind(second, first) ? second : first)
        .map(Amendment::kind);
  }

  private static boolean isBehind(Amendment one, Amendment other) {
    return one.position().offset() > other.position().offset();
  }
}
