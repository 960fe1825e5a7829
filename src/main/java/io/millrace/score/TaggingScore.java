package io.millrace.score;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How tagged sequences fare, entity by entity: one counts as found where its type and both its ends
 * are right (CoNLL-2000's measure). Strict BIO: an entity begins with {@code B-TYPE} and goes on
 * with {@code I-TYPE} of the same type; an {@code I-TYPE} that continues nothing is none, as in
 * seqeval's strict mode. Undefined values are NaN. For tasks that tag; training has none yet.
 *
 * @param sequences how many
 * @param entities true ones
 * @param precision share of those predicted that are right
 * @param recall share of the true ones that were found
 * @param f1 their harmonic mean, over all entities; NaN where there are none on either side
 */
public record TaggingScore(
    int sequences, long entities, double precision, double recall, double f1) {

  private static final String BEGIN = "B-";
  private static final String INSIDE = "I-";

  /**
   * Scores predictions.
   *
   * @param predicted {@code [N][T]} tags, {@code O} or with a type
   * @param truth of the same shape
   * @throws IllegalArgumentException naming the sequence whose tags are not as many on both sides
   */
  public static TaggingScore of(List<List<String>> predicted, List<List<String>> truth) {
    if (predicted.size() != truth.size()) {
      throw new IllegalArgumentException(
          predicted.size() + " predictions of " + truth.size() + " sequences");
    }
    long found = 0;
    long claimed = 0;
    long entities = 0;
    for (int i = 0; i < truth.size(); i++) {
      if (predicted.get(i).size() != truth.get(i).size()) {
        throw new IllegalArgumentException(
            "sequence %d has %d tags, predicted are %d"
                .formatted(i, truth.get(i).size(), predicted.get(i).size()));
      }
      Set<Entity> expected = entities(truth.get(i));
      Set<Entity> answered = entities(predicted.get(i));
      entities += expected.size();
      claimed += answered.size();
      answered.retainAll(expected);
      found += answered.size();
    }
    return new TaggingScore(
        truth.size(),
        entities,
        ratio(found, claimed),
        ratio(found, entities),
        ratio(2 * found, claimed + entities));
  }

  private static Set<Entity> entities(List<String> tags) {
    Set<Entity> entities = new HashSet<>();
    for (int from = 0; from < tags.size(); from++) {
      if (tags.get(from).startsWith(BEGIN)) {
        String type = tags.get(from).substring(BEGIN.length());
        int to = from + 1;
        while (to < tags.size() && tags.get(to).equals(INSIDE + type)) {
          to++;
        }
        entities.add(new Entity(type, from, to));
      }
    }
    return entities;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  private record Entity(String type, int from, int to) {}
}
