package io.millrace.intake;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.LookAlikes;
import io.millrace.example.RecordPosition;
import io.millrace.journal.JournalEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What a chunk does to the label set: labels that are new get the next rows, in the order of its
 * records.
 *
 * @param all the label set with them
 * @param chunk its records, each with a label of these; those that are passed over as they came
 */
public record NewLabels(List<String> all, Chunk chunk) {

  private static final Logger LOG = Logger.getLogger(NewLabels.class);

  /**
   * @param known the label set in front of the chunk
   * @param most labels; examples of others are refused
   */
  public static NewLabels of(Chunk chunk, List<String> known, int most) {
    if (chunk.of(IntakeItem.ToLabel.class).isEmpty()) {
      return new NewLabels(known, chunk);
    }
    Set<RecordPosition> skipped =
        chunk.skipped().stream().map(JournalEntry.Skip::position).collect(Collectors.toSet());
    List<String> names = new ArrayList<>(known);
    List<IntakeItem> arrivals = new ArrayList<>();
    for (IntakeItem arrival : chunk.arrivals()) {
      arrivals.add(
          arrival instanceof IntakeItem.ToLabel item && !skipped.contains(item.record().position())
              ? labelled(item, names, most)
              : arrival);
    }
    LookAlikes.added(known, names).forEach(LOG::warn);
    return new NewLabels(
        names,
        new Chunk(
            arrivals,
            chunk.end(),
            chunk.closedBy(),
            chunk.skipped(),
            chunk.forgotten(),
            chunk.rewarms()));
  }

  private static IntakeItem labelled(IntakeItem.ToLabel item, List<String> names, int most) {
    if (!names.contains(item.label())) {
      if (names.size() >= most) {
        return new IntakeItem.ToRefuse(
            new DeadLetter(
                item.record(),
                Reason.UNKNOWN_LABEL,
                "\"label\" is new, and there are as many as millrace.labels.max allows: " + most));
      }
      names.add(item.label());
    }
    return item.labelled().apply(names.indexOf(item.label()));
  }
}
