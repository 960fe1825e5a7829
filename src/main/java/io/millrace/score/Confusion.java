package io.millrace.score;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Two classes that a model confuses.
 *
 * @param label the true class
 * @param predicted what was answered instead
 * @param examples how often
 * @param support examples of the true class
 */
public record Confusion(String label, String predicted, long examples, long support) {

  /**
   * The most frequent of an evaluation, the first in label order among equals.
   *
   * @param most how many at most
   * @return none where the matrix was left out
   */
  public static List<Confusion> largest(Evaluation evaluation, int most) {
    List<ClassScore> classes = evaluation.classes();
    List<Confusion> all = new ArrayList<>();
    for (int i = 0; i < evaluation.confusion().size(); i++) {
      List<Long> row = evaluation.confusion().get(i);
      for (int j = 0; j < row.size(); j++) {
        if (i != j && row.get(j) > 0) {
          all.add(
              new Confusion(
                  classes.get(i).label(),
                  classes.get(j).label(),
                  row.get(j),
                  classes.get(i).support()));
        }
      }
    }
    return all.stream()
        .sorted(Comparator.comparingLong(Confusion::examples).reversed())
        .limit(most)
        .toList();
  }
}
