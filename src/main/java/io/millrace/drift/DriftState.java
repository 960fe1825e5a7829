package io.millrace.drift;

import io.millrace.drift.DriftSignal.Detector;
import java.util.List;
import java.util.Map;

/**
 * What a {@link DriftMonitor} has seen, as a checkpoint keeps it. Immutable.
 *
 * @param warnedUntil until when a detector does not warn again; null, in checkpoints from before
 *     there was that, is never
 */
public record DriftState(
    Adwin.State adwin,
    Adwin.State adwinWarning,
    PageHinkley.State pageHinkley,
    LabelShift.State labels,
    TextShift.State texts,
    long examples,
    long raisedUntil,
    Map<Detector, Long> quietUntil,
    Map<Detector, Long> warnedUntil) {

  /** Before the first example. */
  public static final DriftState START =
      new DriftState(
          new Adwin.State(List.of(), 0),
          new Adwin.State(List.of(), 0),
          PageHinkley.State.START,
          LabelShift.State.START,
          TextShift.State.START,
          0,
          0,
          Map.of(),
          Map.of());

  public DriftState {
    quietUntil = Map.copyOf(quietUntil);
    warnedUntil = warnedUntil == null ? Map.of() : Map.copyOf(warnedUntil);
  }
}
