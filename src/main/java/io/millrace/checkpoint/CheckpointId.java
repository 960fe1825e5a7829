package io.millrace.checkpoint;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint, in the store and in the metadata of committed offsets. Newest means
 * highest: a later term beats any step of an earlier one, so that what an owner writes after it was
 * fenced is never read; within a term the later one does, which may stand at an earlier step where
 * training was rolled back.
 *
 * @param term the owner's term
 * @param step training steps done
 * @param number counts the checkpoints of the term from 1
 */
public record CheckpointId(long term, long step, long number) implements Comparable<CheckpointId> {

  private static final Pattern FORM = Pattern.compile("(\\d{12,18})-(\\d{12,18})-(\\d{8,18})");
  private static final Comparator<CheckpointId> ORDER =
      Comparator.comparingLong(CheckpointId::term)
          .thenComparingLong(CheckpointId::number)
          .thenComparingLong(CheckpointId::step);

  /** Empty unless the text is exactly what {@link #toString()} writes. */
  public static Optional<CheckpointId> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
                new CheckpointId(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3))))
            .filter(unit -> unit.toString().equals(text))
        : Optional.empty();
  }

  @Override
  public int compareTo(CheckpointId other) {
    return ORDER.compare(this, other);
  }

  /** {@code TERM-STEP-NUMBER}, padded. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%012d-%012d-%08d", term, step, number);
  }
}
