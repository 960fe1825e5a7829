package io.millrace.backtest;

import io.millrace.example.LabelSet;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Streams whose texts do not matter. */
public final class Streams {

  private Streams() {}

  /**
   * @param heldOut which places are held out
   * @param label of each place, 0 or 1
   */
  public static EventStream of(int size, IntPredicate heldOut, IntUnaryOperator label) {
    List<EventStream.Item> items =
        IntStream.range(0, size)
            .mapToObj(place -> item(place, heldOut.test(place), label.applyAsInt(place)))
            .toList();
    return new EventStream(items, new LabelSet(List.of("low", "high")), Labels.TASK);
  }

  private static EventStream.Item item(int place, boolean heldOut, int label) {
    RecordPosition position = new RecordPosition(heldOut ? "heldout" : "examples", 0, place);
    return heldOut
        ? new EventStream.Item.ToScore(
            new HeldOutExample(
                position.toString(),
                Examples.text(4),
                new Target.Label(label),
                Examples.NOON,
                position,
                Optional.empty()))
        : new EventStream.Item.ToTrain(
            new TokenizedExample(
                position.toString(),
                Examples.text(4),
                new Target.Label(label),
                1,
                Examples.NOON,
                position));
  }
}
