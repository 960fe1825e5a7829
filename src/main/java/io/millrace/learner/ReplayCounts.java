package io.millrace.learner;

/**
 * What was replayed since the base. Replayed examples are never counted as examples trained.
 *
 * @param examples how often an example was trained on again
 * @param dropped examples that left the buffer because their loss or gradient was not finite
 * @param idleSteps steps of replayed examples alone, taken while no chunk waited
 */
public record ReplayCounts(long examples, long dropped, long idleSteps) {

  public static final ReplayCounts NONE = new ReplayCounts(0, 0, 0);

  ReplayCounts plus(int moreExamples, int moreDropped, int moreIdleSteps) {
    return new ReplayCounts(
        examples + moreExamples, dropped + moreDropped, idleSteps + moreIdleSteps);
  }
}
