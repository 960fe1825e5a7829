package io.millrace.drift;

/** What a drift brings about, besides its event. */
public enum DriftAction {
  /** Nothing. */
  ALERT,
  /** The learning-rate schedule begins again. */
  REWARM,
  /** Twice as many replayed examples, for as long as the cool-down. */
  RAISE_REPLAY,
  /** The older half of the held-out window leaves. */
  SHORTEN_WINDOW
}
