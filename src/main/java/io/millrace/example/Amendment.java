package io.millrace.example;

import java.util.Objects;

/**
 * A later record about an id: it stands for every record of that id in front of it in its
 * partition.
 *
 * @param position where it stands
 * @param id the id
 * @param kind what it does to those in front of it
 */
public record Amendment(RecordPosition position, String id, Kind kind) {

  public Amendment {
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(kind, "kind");
  }

  /** Whether it is about that record: of its id and partition, and in front of it. */
  public boolean isAbout(String otherId, RecordPosition other) {
    return other.offset() < position.offset()
        && other.partition() == position.partition()
        && other.topic().equals(position.topic())
        && otherId.equals(id);
  }

  /** What becomes of the records in front of it. */
  public enum Kind {
    /** It corrects them. */
    SUPERSEDED,
    /** It takes them back. */
    RETRACTED
  }
}
