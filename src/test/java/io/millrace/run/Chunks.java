package io.millrace.run;

import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chunks of consecutive, separable examples. */
public final class Chunks {

  public static final int SIZE = 40;

  private Chunks() {}

  /**
   * @param number of the chunk in the stream, from 0
   */
  public static Chunk chunk(int number) {
    List<IntakeItem> arrivals = new ArrayList<>();
    long offset = (long) number * SIZE;
    for (TokenizedExample example : TinyBert.batch(SIZE, number).examples()) {
      arrivals.add(
          new IntakeItem.ToTrain(
              Examples.record("examples", offset, "{}"),
              new TokenizedExample(
                  "id" + offset,
                  example.text(),
                  example.target(),
                  1,
                  Examples.NOON,
                  Examples.at(offset))));
      offset++;
    }
    return new Chunk(
        arrivals,
        new InputPositions(Map.of(new Partition("examples", 0), offset)),
        Chunk.CloseReason.FULL);
  }
}
