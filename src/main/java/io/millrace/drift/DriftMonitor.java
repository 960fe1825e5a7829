package io.millrace.drift;

import io.millrace.drift.DriftSignal.Detector;
import io.millrace.drift.DriftSignal.Level;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Watches the stream for drift: the loss of each example before it is trained on, where it was
 * scored, its label and its text. Only rises of the loss count, and only after a warm-up. A
 * detector reports once per cool-down: after an alarm it is silent, after a warning it may still
 * raise an alarm. The result depends only on the input, so it is the same after a restart. Training
 * thread only.
 */
public final class DriftMonitor {

  /** Losses above that say no more; ADWIN's bound is for values between 0 and 1. */
  private static final double LOSS_LIMIT = 5;

  /** A warning is this much easier to get than a drift. */
  private static final double WARNING = 5;

  /** Examples before the first alarm, as in River's PageHinkley and MOA's. */
  private static final int PAGE_HINKLEY_LEAST = 30;

  /** Weight of the past at each example, as in River's PageHinkley and MOA's. */
  private static final double PAGE_HINKLEY_FORGETS = 0.9999;

  /** Of Page-Hinkley's threshold, where it warns. */
  private static final double HALF_WAY = 0.5;

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
  private final Map<Detector, Long> warnedUntil;

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
        new PageHinkley(
            PAGE_HINKLEY_LEAST,
            settings.pageHinkleyTolerance(),
            settings.pageHinkleyThreshold(),
            PAGE_HINKLEY_FORGETS,
            state.pageHinkley());
    this.labels = new LabelShift(settings.window(), state.labels());
    this.texts = new TextShift(settings.window(), state.texts());
    this.examples = state.examples();
    this.raisedUntil = state.raisedUntil();
    this.quietUntil = new TreeMap<>(state.quietUntil());
    this.warnedUntil = new TreeMap<>(state.warnedUntil());
  }

  /** Whether replay is raised now. */
  public boolean isReplayRaised() {
    return examples < raisedUntil;
  }

  /**
   * Takes an example before it is trained on.
   *
   * @param label its index
   * @param loss by the weights as they are, nats; empty where the step is not scored
   */
  public List<DriftSignal> observe(int label, TokenizedText text, OptionalDouble loss) {
    if (!settings.enabled()) {
      return List.of();
    }
    examples++;
    List<DriftSignal> signals = new ArrayList<>();
    loss.ifPresent(value -> observe(signals, Math.min(LOSS_LIMIT, value)));
    compare(signals, Detector.LABELS, labels.update(label));
    projection.ifPresent(words -> compare(signals, Detector.TEXTS, texts.update(words.of(text))));
    return signals;
  }

  private void observe(List<DriftSignal> signals, double loss) {
    if (adwin.update(loss / LOSS_LIMIT) == Adwin.Change.RISE) {
      add(signals, Detector.ADWIN, Level.DRIFT, adwin);
    }
    if (adwinWarning.update(loss / LOSS_LIMIT) == Adwin.Change.RISE) {
      add(signals, Detector.ADWIN, Level.WARNING, adwinWarning);
    }
    if (examples <= settings.warmUp()) { // else a mean of what the model had not learned yet stays
      return;
    }
    double half = HALF_WAY * settings.pageHinkleyThreshold();
    double before = pageHinkley.sum();
    if (pageHinkley.update(loss)) {
      add(
          signals,
          Detector.PAGE_HINKLEY,
          Level.DRIFT,
          pageHinkley.alarmedAt(),
          settings.pageHinkleyThreshold());
    } else if (before < half && pageHinkley.sum() >= half) {
      add(signals, Detector.PAGE_HINKLEY, Level.WARNING, pageHinkley.sum(), half);
    }
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
        quietUntil,
        warnedUntil);
  }

  private void compare(List<DriftSignal> signals, Detector detector, Optional<Double> pValue) {
    if (pValue.isPresent() && pValue.get() <= settings.falseAlarm()) {
      add(signals, detector, Level.DRIFT, pValue.get(), settings.falseAlarm());
    } else if (pValue.isPresent() && pValue.get() <= WARNING * settings.falseAlarm()) {
      add(signals, detector, Level.WARNING, pValue.get(), WARNING * settings.falseAlarm());
    }
  }

  private void add(List<DriftSignal> signals, Detector detector, Level level, Adwin window) {
    add(signals, detector, level, window.rise() * LOSS_LIMIT, window.bound() * LOSS_LIMIT);
  }

  private void add(
      List<DriftSignal> signals, Detector detector, Level level, double statistic, double limit) {
    if (examples <= settings.warmUp()
        || examples < quietUntil.getOrDefault(detector, 0L)
        || level == Level.WARNING && examples < warnedUntil.getOrDefault(detector, 0L)) {
      return;
    }
    List<DriftAction> actions = level == Level.WARNING ? List.of() : actions(detector);
    DriftSignal signal = new DriftSignal(detector, level, statistic, limit, examples, actions);
    signals.add(signal);
    if (level == Level.WARNING) {
      warnedUntil.put(detector, examples + settings.coolDown());
    } else {
      // A reaction moves the loss: then both of its detectors are quiet.
      for (Detector one : Detector.values()) {
        if (one == detector || signal.reacts() && isOfLoss(one)) {
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
