package io.millrace.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Entries in segments, as far as the segments were written when this was made. */
final class StoredEntries implements Entries {

  private final List<Part> parts;
  private final LongAdder bytesRead;
  private final long size;
  private final long records;

  private StoredEntries(List<Part> parts, LongAdder bytesRead, long size, long records) {
    this.parts = List.copyOf(parts);
    this.bytesRead = bytesRead;
    this.size = size;
    this.records = records;
  }

  /**
   * Reads segments once, for what is damaged.
   *
   * @param all in order
   * @param onDamage receives the first damage, with its place; entries after it do not count
   */
  static StoredEntries read(List<Part> all, LongAdder bytesRead, DamageListener onDamage)
      throws IOException {
    List<Part> whole = new ArrayList<>();
    long size = 0;
    long records = 0;
    Optional<Part> previous = Optional.empty();
    for (Part part : all) {
      PartReader reader = new PartReader(part, bytesRead);
      Optional<String> damage = reader.damage(previous);
      while (damage.isEmpty()) {
        Optional<JournalEntry> entry = reader.next();
        damage = reader.damage();
        if (entry.isEmpty()) {
          break;
        }
        size++;
        records += entry.get().records();
      }
      whole.add(part.upTo(reader.end()));
      if (damage.isPresent()) {
        onDamage.damaged(damage.get());
        break;
      }
      previous = Optional.of(part);
    }
    return new StoredEntries(whole, bytesRead, size, records);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long records() {
    return records;
  }

  @Override
  public Iterator<JournalEntry> iterator() {
    return new Iterator<>() {
      private final Iterator<Part> left = parts.iterator();
      private Optional<PartReader> reader = Optional.empty();
      private Optional<JournalEntry> next = advance();

      @Override
      public boolean hasNext() {
        return next.isPresent();
      }

      @Override
      public JournalEntry next() {
        JournalEntry entry = next.orElseThrow(NoSuchElementException::new);
        next = advance();
        return entry;
      }

      private Optional<JournalEntry> advance() {
        try {
          while (true) {
            Optional<JournalEntry> found =
                reader.isPresent() ? reader.get().next() : Optional.empty();
            if (found.isPresent() || !left.hasNext()) {
              return found;
            }
            reader = Optional.of(new PartReader(left.next(), bytesRead));
          }
        } catch (IOException e) {
          throw new UncheckedIOException("the journal cannot be read on: " + e, e);
        }
      }
    };
  }

  /** Receives damage; may refuse it by throwing. */
  @FunctionalInterface
  interface DamageListener {
    void damaged(String what) throws IOException;
  }

  /**
   * A segment as far as it counts.
   *
   * @param bytes of it, as it was found
   * @param at where what counts begins
   * @param end the point after its last entry that counts
   */
  record Part(Segment segment, long bytes, JournalPosition at, JournalPosition end) {

    Part upTo(long fewer) {
      return new Part(segment, fewer, at, end);
    }

    boolean counts(JournalPosition position) {
      return position.isAtOrBehind(at) && !position.isAtOrBehind(end);
    }
  }
}
