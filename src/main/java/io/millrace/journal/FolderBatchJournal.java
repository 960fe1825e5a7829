package io.millrace.journal;

import io.millrace.checkpoint.UnitId;
import io.millrace.publication.DurableFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The journal in a folder, a file of lines for each term. Each term begins with the entries that it
 * repeats, so that what the owner before it may still write behind them is never read.
 */
public final class FolderBatchJournal implements BatchJournal {

  private static final Logger LOG = Logger.getLogger(FolderBatchJournal.class);
  private static final String NAME = "%012d.jsonl";
  private static final String NAME_FORM = "\\d{12,18}\\.jsonl";

  private final Path root;

  /**
   * @param root its folder; made if absent
   */
  public FolderBatchJournal(Path root) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
  }

  @Override
  public List<JournalEntry> behind(Optional<UnitId> unit, JournalPosition at, boolean endsTerm)
      throws IOException {
    OptionalLong newest = newestTerm();
    if (newest.isEmpty()) {
      return List.of();
    }
    List<Stretch> line = line(newest.getAsLong(), unit);
    if (!leadsFrom(line, unit, at)) {
      // What the newest term went on from is another unit: one that was damaged since, or this one
      // was written by an owner that was fenced already. Both ways the unit's own term has it all.
      line = unit.isPresent() ? line(unit.get().term(), unit) : List.of();
    }
    if (endsTerm) {
      long ended = unit.orElseThrow().term();
      line = line.stream().filter(stretch -> stretch.file().head().term() > ended).toList();
    }
    line.forEach(stretch -> stretch.file().damage().ifPresent(FolderBatchJournal::warn));
    return entries(line).stream().filter(entry -> entry.at().isAtOrBehind(at)).toList();
  }

  @Override
  public Optional<List<JournalEntry>> lineage(
      Optional<UnitId> from, JournalPosition at, long term, JournalPosition upTo)
      throws IOException {
    List<Stretch> line = line(term, from);
    if (!leadsFrom(line, from, at)) {
      return Optional.empty();
    }
    for (Stretch stretch : line) {
      if (stretch.file().damage().isPresent()) {
        throw new IOException(stretch.file().damage().get());
      }
    }
    return Optional.of(
        entries(line).stream()
            .filter(entry -> entry.at().isAtOrBehind(at) && !entry.at().isAtOrBehind(upTo))
            .toList());
  }

  @Override
  public Appender begin(
      long term, Optional<UnitId> from, JournalPosition at, List<JournalEntry> repeated)
      throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(
        JournalFile.line(
            new JournalFile.Head(JournalFile.Head.FORMAT, term, from.map(UnitId::toString), at)));
    repeated.forEach(entry -> content.writeBytes(JournalFile.line(entry)));
    Path file = file(term);
    DurableFolder.writeFile(file, content.toByteArray());
    return new JournalWriter(file);
  }

  private static void warn(String damage) {
    LOG.errorf("%s: what was trained behind it is not repeated as it was", damage);
  }

  /**
   * The files that lead to a term, the earliest first, each as far as the next one went on.
   *
   * @param from the unit behind which they matter: those in front of its term are not read
   */
  private List<Stretch> line(long term, Optional<UnitId> from) throws IOException {
    Deque<Stretch> line = new ArrayDeque<>();
    Optional<Long> next = Optional.of(term);
    Optional<JournalPosition> end = Optional.empty();
    while (next.isPresent() && Files.exists(file(next.get()))) {
      Optional<JournalFile> file = JournalFile.read(file(next.get()));
      if (file.isEmpty()) {
        warn("journal %s is damaged in line 1".formatted(file(next.get())));
        break;
      }
      line.addFirst(new Stretch(file.get(), end));
      JournalFile.Head head = file.get().head();
      // A term that was rolled back to an earlier one's point cuts that one's off, too.
      end = Optional.of(end.filter(behind -> head.at().isAtOrBehind(behind)).orElse(head.at()));
      boolean isEnough =
          from.isPresent() && (head.term() == from.get().term() || head.from().equals(from));
      next = isEnough ? Optional.empty() : head.from().map(UnitId::term);
    }
    return List.copyOf(line);
  }

  private static boolean leadsFrom(List<Stretch> line, Optional<UnitId> unit, JournalPosition at) {
    if (unit.isEmpty()) {
      return !line.isEmpty() && line.get(0).file().head().unit().isEmpty();
    }
    return line.stream()
        .anyMatch(
            stretch ->
                stretch.file().head().term() == unit.get().term()
                        && stretch.end().map(end -> end.isAtOrBehind(at)).orElse(true)
                    || stretch.file().head().from().equals(unit));
  }

  private static List<JournalEntry> entries(List<Stretch> line) {
    List<JournalEntry> entries = new ArrayList<>();
    for (Stretch stretch : line) {
      stretch.file().entries().stream()
          .filter(entry -> stretch.end().map(end -> !entry.at().isAtOrBehind(end)).orElse(true))
          .forEach(entries::add);
    }
    return entries;
  }

  private OptionalLong newestTerm() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(NAME_FORM))
          .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
          .max();
    }
  }

  private Path file(long term) {
    return root.resolve(NAME.formatted(term));
  }

  /**
   * A file as far as it counts.
   *
   * @param end where the next term went on from it; empty for the last
   */
  private record Stretch(JournalFile file, Optional<JournalPosition> end) {}
}
