package io.millrace.intake;

import io.millrace.example.Amendment;
import io.millrace.example.Amendments;
import io.millrace.journal.JournalEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the records that wait in the queue say about others. One thread at a time.
 *
 * <p>A record that is about another takes effect when it arrives, not when its turn comes: on what
 * waits in front of it when that is taken, and on what was trained before, once that is asked for.
 */
final class PendingAmendments {

  /** The last of each partition and id that waits. */
  private final Map<Key, Amendment> waiting = new HashMap<>();

  private List<Amendment> news = new ArrayList<>();

  /** A record arrived. */
  void arrived(IntakeItem arrival) {
    arrival
        .amendment()
        .ifPresent(
            amendment -> {
              waiting.merge(Key.of(amendment), amendment, PendingAmendments::later);
              news.add(amendment);
            });
  }

  /** A retried record arrives after those that stand behind where it came from. */
  private static Amendment later(Amendment one, Amendment other) {
    return one.position().offset() > other.position().offset() ? one : other;
  }

  /** Which of a chunk's records are to be passed over. The chunk no longer waits then. */
  List<JournalEntry.Skip> taken(List<IntakeItem> chunk) {
    List<JournalEntry.Skip> skipped = new ArrayList<>();
    for (IntakeItem arrival : chunk) {
      if (arrival instanceof IntakeItem.ToTrain
          || arrival instanceof IntakeItem.ToScore
          || arrival instanceof IntakeItem.ToLabel) {
        arrival
            .amendment()
            .map(own -> waiting.get(Key.of(own)))
            .filter(last -> last.isAbout(last.id(), arrival.amendment().get().position()))
            .ifPresent(
                last ->
                    skipped.add(new JournalEntry.Skip(arrival.record().position(), last.kind())));
      } else if (arrival instanceof IntakeItem.OutOfDate outdated) {
        skipped.add(new JournalEntry.Skip(arrival.record().position(), outdated.kind()));
      }
    }
    for (IntakeItem arrival : chunk) {
      arrival.amendment().ifPresent(own -> waiting.remove(Key.of(own), own));
    }
    return skipped;
  }

  /** What arrived since this was last asked. */
  Amendments news() {
    Amendments since = new Amendments(news);
    news = new ArrayList<>();
    return since;
  }

  private record Key(String topic, int partition, String id) {

    static Key of(Amendment amendment) {
      return new Key(
          amendment.position().topic(), amendment.position().partition(), amendment.id());
    }
  }
}
