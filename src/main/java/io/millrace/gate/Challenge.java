package io.millrace.gate;

import io.millrace.score.Evaluation;
import java.util.Optional;

/**
 * A challenger beside the champion.
 *
 * @param challenger its scores on the window
 * @param champion the current version's, on the same examples
 * @param window both, example by example
 * @param golden both on the golden set; empty while that is empty
 * @param bestGolden the highest accuracy on the golden set of the champion and the versions that it
 *     comes from; empty while the set is
 * @param overdue whether the current version is older than the freshness wanted, and it is time to
 *     settle for a challenger that is not much worse
 */
public record Challenge(
    Evaluation challenger,
    Evaluation champion,
    PairedScores window,
    Optional<PairedScores> golden,
    Optional<Double> bestGolden,
    boolean overdue) {}
