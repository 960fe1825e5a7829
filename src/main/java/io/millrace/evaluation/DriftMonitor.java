package io.millrace.evaluation;

import io.millrace.evaluation.DriftSignal.Detector;
import io.millrace.evaluation.DriftSignal.Level;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Watches the stream for drift: the loss of each example before it is trained on, its label and its
 * text. Only rises of the loss count, behind a warm-up, and no detector speaks twice within a
 * cool-down. A function of what it was fed: the same behind a restart. Training thread only.
 */
public final class DriftMonitor {

  /** Losses above that say no more; ADWIN's bound is for values between 0 and 1. */
  private static final double LOSS_LIMIT = 5;

  /** A warning is this much easier to get than a drift. */
  private static final double WARNING = 5;

  private final DriftSettings settings;
  private final Optional<TextProjection> projection;
  private final Adwin adwin;
  private final Adwin adwinWarning;
  private final PageHinkley pageHinkley;
  private final LabelShift labels;
  private final TextShift texts;
  private long examples;
  private long raisedUntil;
  private final Map<Detector, Long> quietUntil;

  /**
   * @param projection of texts; empty where they are not watched
   */
  public DriftMonitor(
      DriftSettings settings, Optional<TextProjection> projection, DriftState state) {
    this.settings = settings;
    this.projection = projection;
    this.adwin = new Adwin(settings.adwinDelta(), state.adwin());
    this.adwinWarning =
        new Adwin(Math.min(1, WARNING * settings.adwinDelta()), state.adwinWarning());
    this.pageHinkley =
        new PageHinkley(30, 0.005, settings.pageHinkleyThreshold(), 0.9999, state.pageHinkley());
    this.labels = new LabelShift(settings.window(), state.labels());
    this.texts = new TextShift(settings.window(), state.texts());
    this.examples = state.examples();
    this.raisedUntil = state.raisedUntil();
    this.quietUntil = new TreeMap<>(state.quietUntil());
  }

  /** Whether replay is raised now. */
  public boolean isReplayRaised() {
    return examples < raisedUntil;
  }

  /** Takes an example that was predicted before training on it. */
  public List<DriftSignal> observe(Scored score, TokenizedText text) {
    if (!settings.enabled()) {
      return List.of();
    }
    examples++;
    List<DriftSignal> signals = new ArrayList<>();
    double loss = Math.min(LOSS_LIMIT, score.loss()) / LOSS_LIMIT;
    if (adwin.update(loss) == Adwin.Change.RISE) {
      add(signals, Detector.ADWIN, Level.DRIFT, adwin.mean() * LOSS_LIMIT, settings.adwinDelta());
    }
    if (adwinWarning.update(loss) == Adwin.Change.RISE) {
      add(
          signals,
          Detector.ADWIN,
          Level.WARNING,
          adwinWarning.mean() * LOSS_LIMIT,
          WARNING * settings.adwinDelta());
    }
    double sum = pageHinkley.sum();
    if (pageHinkley.update(Math.min(LOSS_LIMIT, score.loss()))) {
      add(signals, Detector.PAGE_HINKLEY, Level.DRIFT, sum, settings.pageHinkleyThreshold());
    }
    compare(signals, Detector.LABELS, labels.update(score.label()));
    projection.ifPresent(words -> compare(signals, Detector.TEXTS, texts.update(words.of(text))));
    return signals;
  }

  public DriftState state() {
    return new DriftState(
        adwin.state(),
        adwinWarning.state(),
        pageHinkley.state(),
        labels.state(),
        texts.state(),
        examples,
        raisedUntil,
        quietUntil);
  }

  private void compare(List<DriftSignal> signals, Detector detector, Optional<Double> pValue) {
    if (pValue.isPresent() && pValue.get() <= settings.falseAlarm()) {
      add(signals, detector, Level.DRIFT, pValue.get(), settings.falseAlarm());
    } else if (pValue.isPresent() && pValue.get() <= WARNING * settings.falseAlarm()) {
      add(signals, detector, Level.WARNING, pValue.get(), WARNING * settings.falseAlarm());
    }
  }

  private void add(
      List<DriftSignal> signals, Detector detector, Level level, double statistic, double limit) {
    if (examples <= settings.warmUp() || examples < quietUntil.getOrDefault(detector, 0L)) {
      return;
    }
    List<DriftAction> actions = level == Level.WARNING ? List.of() : actions(detector);
    signals.add(new DriftSignal(detector, level, statistic, limit, examples, actions));
    if (level == Level.DRIFT) {
      // A reaction moves the loss: then both of its detectors are quiet.
      boolean reacts = actions.stream().anyMatch(action -> action != DriftAction.ALERT);
      for (Detector one : Detector.values()) {
        if (one == detector || reacts && isOfLoss(one)) {
          quietUntil.put(one, examples + settings.coolDown());
        }
      }
      if (actions.contains(DriftAction.RAISE_REPLAY)) {
        raisedUntil = examples + settings.coolDown();
      }
    }
  }

  private List<DriftAction> actions(Detector detector) {
    return switch (detector) {
      case ADWIN, PAGE_HINKLEY -> settings.onLoss();
      case LABELS -> settings.onLabels();
      case TEXTS -> settings.onTexts();
    };
  }

  private static boolean isOfLoss(Detector detector) {
    return detector == Detector.ADWIN || detector == Detector.PAGE_HINKLEY;
  }
}
