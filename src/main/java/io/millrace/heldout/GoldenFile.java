package io.millrace.heldout;

import io.millrace.example.LabelledExample;
import io.millrace.example.OutputSpace;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.ExampleFile;
import io.millrace.task.Resolution;
import io.millrace.task.Task;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.Tokenization;
import io.millrace.tokenize.TokenizedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A golden set that somebody chose: what no version may forget. Immutable, any thread.
 *
 * @param path of the file
 * @param examples its lines
 * @param texts their tokens, in the same order
 */
public record GoldenFile(Path path, List<LabelledExample> examples, List<TokenizedText> texts) {

  /** None of Kafka's. */
  private static final String TOPIC = "golden-file";

  private static final long NO_TIME = -1;

  public GoldenFile {
    examples = List.copyOf(examples);
    texts = List.copyOf(texts);
  }

  /**
   * Reads and tokenizes all of it.
   *
   * @throws IOException where it cannot be read or a line breaks the contract; names file and line
   */
  public static GoldenFile read(Path path, ExampleDecoder decoder, TextTokenizer tokenizer)
      throws IOException {
    List<LabelledExample> examples = new ArrayList<>();
    new ExampleFile(path, TOPIC)
        .read(
            decoder,
            NO_TIME,
            (line, decoded) -> {
              if (decoded instanceof Decoded.Refused refused) {
                throw new IOException(
                    "the golden set %s, line %d: %s, %s"
                        .formatted(
                            path, line, refused.letter().reason(), refused.letter().detail()));
              }
              if (decoded instanceof Decoded.Accepted accepted) {
                examples.add(accepted.example());
              }
            });
    if (examples.isEmpty()) {
      throw new IOException("the golden set " + path + " has no examples");
    }
    return new GoldenFile(path, examples, tokens(path, examples, tokenizer));
  }

  private static List<TokenizedText> tokens(
      Path path, List<LabelledExample> examples, TextTokenizer tokenizer) throws IOException {
    List<TokenizedText> tokens = new ArrayList<>();
    for (Tokenization text : tokenizer.tokenize(examples)) {
      if (text instanceof Tokenization.Refused refused) {
        throw new IOException(
            "the golden set %s, line %d: %s"
                .formatted(
                    path, examples.get(tokens.size()).position().offset() + 1, refused.rule()));
      }
      tokens.add(text.orThrow());
    }
    return tokens;
  }

  /**
   * Its examples for an output space.
   *
   * @param task with a space that does not grow, all must be of it; else others are left out
   * @throws IllegalArgumentException naming file, line and the labels there are
   */
  public List<HeldOutExample> of(Task task, OutputSpace outputs) {
    List<HeldOutExample> golden = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      LabelledExample example = examples.get(i);
      Resolution found = task.resolve(example.target(), outputs);
      if (found instanceof Resolution.Known known) {
        golden.add(
            new HeldOutExample(
                example.id(),
                texts.get(i),
                known.target(),
                example.eventTime(),
                example.position(),
                example.slice()));
      } else if (!(found instanceof Resolution.Grows)) {
        throw new IllegalArgumentException(
            "the golden set %s, line %d: \"label\" is none of %s"
                .formatted(path, example.position().offset() + 1, outputs.summary()));
      }
    }
    return golden;
  }
}
