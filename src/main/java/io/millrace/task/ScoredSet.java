package io.millrace.task;

import io.millrace.score.ScoredExample;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Scored examples that are evaluated together.
 *
 * @param examples in their order
 * @param eventTimes when each happened
 * @param slices of each, the value that scores are told apart by; empty where there are none to be
 *     told apart
 */
public record ScoredSet(
    List<ScoredExample> examples, List<Instant> eventTimes, List<Optional<String>> slices) {}
