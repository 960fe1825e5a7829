package io.millrace.backtest;

import io.millrace.example.LabelSet;
import io.millrace.example.LabelledExample;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.task.Task;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.Tokenization;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A stream in event-time order, tokenized once for all who learn from it. A place is an index into
 * it, from 0. Immutable.
 *
 * @param items examples to train on and held-out ones
 * @param labels the label set
 * @param task what is learned
 */
public record EventStream(List<Item> items, LabelSet labels, Task task) {

  private static final int TOKENIZED_AT_ONCE = 1000;

  /** Parts of the stream by which is reported. */
  public static final int TENTHS = 10;

  public EventStream {
    items = List.copyOf(items);
  }

  /**
   * @param examples in event-time order, each with one of the labels
   * @param onRefused told of each that the base cannot read, and of the rule; it is left out
   */
  static EventStream of(
      List<LabelledExample> examples,
      LabelSet labels,
      Task task,
      TextTokenizer tokenizer,
      BiConsumer<LabelledExample, String> onRefused) {
    List<Item> items = new ArrayList<>(examples.size());
    for (int from = 0; from < examples.size(); from += TOKENIZED_AT_ONCE) {
      List<LabelledExample> part =
          examples.subList(from, Math.min(examples.size(), from + TOKENIZED_AT_ONCE));
      List<Tokenization> texts = tokenizer.tokenize(part);
      for (int i = 0; i < part.size(); i++) {
        if (texts.get(i) instanceof Tokenization.Tokens tokens) {
          items.add(item(part.get(i), tokens.text(), labels, items.size()));
        } else if (texts.get(i) instanceof Tokenization.Refused refused) {
          onRefused.accept(part.get(i), refused.rule());
        }
      }
    }
    return new EventStream(items, labels, task);
  }

  /**
   * The id is the place: here each line counts for itself, none corrects another.
   *
   * @param place also the offset, so that offsets rise
   */
  private static Item item(
      LabelledExample example, TokenizedText text, LabelSet labels, int place) {
    Target label =
        new Target.Label(labels.indexOf(example.target().asName().orElseThrow()).orElseThrow());
    if (HeldOutTenth.contains(example)) {
      RecordPosition position = new RecordPosition("heldout", 0, place);
      return new Item.ToScore(
          new HeldOutExample(
              position.toString(), text, label, example.eventTime(), position, example.slice()));
    }
    RecordPosition position = new RecordPosition("examples", 0, place);
    return new Item.ToTrain(
        new TokenizedExample(
            position.toString(), text, label, example.weight(), example.eventTime(), position));
  }

  public int size() {
    return items.size();
  }

  /** The place behind the so-manieth tenth, 0 to 10. */
  public int endOfTenth(int tenth) {
    return (int) ((long) size() * tenth / TENTHS);
  }

  /** The place behind the first tenth, from which on predictions are compared. */
  public int start() {
    return endOfTenth(1);
  }

  /** The examples to train on from a place to another, exclusive. */
  public List<TokenizedExample> toTrain(int from, int to) {
    return of(Item.ToTrain.class, from, to).map(Item.ToTrain::example).toList();
  }

  /** The held-out examples from a place to another, exclusive. */
  public List<HeldOutExample> heldOut(int from, int to) {
    return of(Item.ToScore.class, from, to).map(Item.ToScore::example).toList();
  }

  /** The next held-out examples from a place on; fewer where the stream ends before. */
  List<HeldOutExample> heldOutAhead(int from, int most) {
    return of(Item.ToScore.class, from, size()).limit(most).map(Item.ToScore::example).toList();
  }

  /** The oldest tenth of the held-out examples, at least one. */
  List<HeldOutExample> oldestHeldOut() {
    List<HeldOutExample> all = heldOut(0, size());
    return all.subList(0, Math.min(all.size(), (all.size() + TENTHS - 1) / TENTHS));
  }

  private <T extends Item> Stream<T> of(Class<T> kind, int from, int to) {
    return items.subList(from, to).stream().filter(kind::isInstance).map(kind::cast);
  }

  /** One example, on one of the two sides for good. */
  public sealed interface Item {

    record ToTrain(TokenizedExample example) implements Item {}

    record ToScore(HeldOutExample example) implements Item {}
  }
}
