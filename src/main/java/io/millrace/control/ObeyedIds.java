package io.millrace.control;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Ids of commands that had an answer, so that a sender may repeat one. Immutable.
 *
 * <p>Obeying each record only once does not depend on this: the checkpoint holds the position after
 * it, however often the record is read. A repeat is another record of the same id. Its sender gives
 * up within seconds, and a person or a script repeats within days, so an id is kept for {@link
 * #KEPT} after its answer, and beyond {@value #MOST} the oldest is dropped.
 *
 * @param answeredAt epoch milliseconds by the owner's clock, by id
 */
public record ObeyedIds(Map<String, Long> answeredAt) {

  public static final ObeyedIds NONE = new ObeyedIds(Map.of());

  /** As long as Kafka keeps the records of a topic by default. */
  public static final Duration KEPT = Duration.ofDays(7);

  /** Half a megabyte in the checkpoint. */
  public static final int MOST = 10_000;

  public ObeyedIds {
    answeredAt = Map.copyOf(answeredAt == null ? Map.of() : answeredAt);
  }

  public boolean knows(String id) {
    return answeredAt.containsKey(id);
  }

  /** After an answer; a known id keeps its time. */
  public ObeyedIds with(String id, Instant now) {
    if (knows(id)) {
      return this;
    }
    long oldest = now.minus(KEPT).toEpochMilli();
    Map<String, Long> ids = new HashMap<>();
    answeredAt.entrySet().stream()
        .filter(one -> one.getValue() >= oldest)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST - 1)
        .forEach(one -> ids.put(one.getKey(), one.getValue()));
    ids.put(id, now.toEpochMilli());
    return new ObeyedIds(ids);
  }
}
