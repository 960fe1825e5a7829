package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.drift.DriftAction;
import io.millrace.drift.DriftSignal;
import io.millrace.drift.DriftSignal.Level;
import io.millrace.event.Outbox;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriftReactionTest {

  /** So touchy that the first examples set it off. */
  private static final Map<String, String> TOUCHY =
      Map.of(
          "drift.warm-up", "0",
          "drift.cool-down", "1000",
          "drift.page-hinkley-tolerance", "0",
          "drift.page-hinkley-threshold", "0.0001",
          "drift.on-loss", "REWARM,SHORTEN_WINDOW,RAISE_REPLAY");

  @Test
  void byDefaultNoReactionIsNamedThatWouldDoNothing() {
    // Given an alarm of the loss, with the default reaction and the default schedule
    Map<String, String> touchy = new HashMap<>(TOUCHY);
    touchy.remove("drift.on-loss");
    try (Learner learner =
        new LearnerBuilder().settings(Map.of("warmup-steps", "0")).drift(touchy).build()) {
      List<DriftSignal> signals = new ArrayList<>();
      while (signals.isEmpty()) {
        Passes.train(
            learner,
            LearnerTest.chunk((int) learner.progress().chunks()),
            step ->
                step.drift().stream()
                    .filter(one -> one.level() == Level.DRIFT)
                    .forEach(signals::add));
        assertThat(learner.progress().chunks()).isLessThan(10);
      }

      // Then it says that it reacts exactly if it does
      assertThat(learner.driftReactions()).isEqualTo(signals.get(0).reacts() ? 1 : 0);
    }
  }

  @Test
  void aDriftRewarmsTheRateAndShortensTheWindowBehindItsChunk() {
    try (Learner learner = new LearnerBuilder().drift(TOUCHY).build()) {
      // Given
      List<DriftSignal> signals = new ArrayList<>();
      int heldOut = 0;

      // When chunks are trained on until the loss has risen on one example more than on the others
      while (signals.isEmpty()) {
        heldOut = learner.heldOut().size();
        assertThat(learner.tuner().snapshot().history().scheduleOrigin()).isZero();
        Passes.train(
            learner,
            LearnerTest.chunk((int) learner.progress().chunks()),
            step ->
                step.drift().stream()
                    .filter(one -> one.level() == Level.DRIFT)
                    .forEach(signals::add));
        assertThat(learner.progress().chunks()).isLessThan(10);
      }

      // Then
      assertThat(signals.get(0).actions())
          .containsExactly(
              DriftAction.REWARM, DriftAction.SHORTEN_WINDOW, DriftAction.RAISE_REPLAY);
      assertThat(learner.tuner().snapshot().history().scheduleOrigin())
          .isEqualTo(learner.tuner().steps());
      assertThat(learner.heldOut().size()).isLessThanOrEqualTo(Math.max(1, heldOut));
      assertThat(learner.drift().isReplayRaised()).isTrue();
      assertThat(learner.driftReactions()).isEqualTo(1);

      // And a restart goes on from there
      Checkpoint unit = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
      try (Learner restored = new LearnerBuilder().drift(TOUCHY).from(unit).build()) {
        assertThat(restored.drift().state()).isEqualTo(learner.drift().state());
        assertThat(restored.tuner().snapshot().history().scheduleOrigin())
            .isEqualTo(learner.tuner().steps());
      }
    }
  }

  @Test
  void aRewarmThatChangesNoRateIsNoReaction() {
    // Given a rate that stands at its peak
    Map<String, String> rewarm = new HashMap<>(TOUCHY);
    rewarm.put("drift.on-loss", "REWARM");
    try (Learner learner =
        new LearnerBuilder().settings(Map.of("warmup-steps", "0")).drift(rewarm).build()) {
      List<DriftSignal> signals = new ArrayList<>();

      // When
      while (signals.stream().noneMatch(DriftSignal::reacts)) {
        Passes.train(
            learner,
            LearnerTest.chunk((int) learner.progress().chunks()),
            step -> signals.addAll(step.drift()));
        assertThat(learner.progress().chunks()).isLessThan(10);
      }

      // Then
      assertThat(learner.driftReactions()).isZero();
    }
  }
}
