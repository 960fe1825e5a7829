package io.millrace.heldout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.LabelSet;
import io.millrace.input.ExampleDecoder;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyTokenizer;
import io.millrace.tokenize.BaseCapability;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFileTest {

  private static final LabelSet LABELS = new LabelSet(List.of("low", "high"));
  private static final ExampleDecoder DECODER = new ExampleDecoder(100, "group", Labels.TASK);

  @TempDir private Path folder;

  @Test
  void itsExamplesAreTheGoldenSetAndNoOthersJoinThem() throws IOException {
    // Given
    GoldenFile file =
        read(
            "{\"text\": \"good\", \"label\": \"high\", \"group\": \"web\"}\n\n"
                + "{\"text\": \"bad\", \"label\": \"low\"}\n");

    // When
    HeldOutWindow window = new HeldOutWindow(10, GoldenSet.given(file.of(Labels.TASK, LABELS)));
    window.add(Examples.heldOut(0, 4, 0));
    window.restore(List.of(), List.of(Examples.heldOut(1, 4, 1)));

    // Then
    assertThat(window.golden())
        .extracting((HeldOutExample one) -> one.target().group())
        .containsExactly(1, 0);
    assertThat(window.golden().get(0).slice()).contains("web");
    assertThat(window.size()).isEqualTo(1);
  }

  @Test
  void aLineThatBreaksTheContractFailsWithItsNumberAndTheRule() {
    assertThatThrownBy(() -> read("{\"text\": \"good\", \"label\": \"high\"}\n{\"text\": \"bad\"}"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the golden set %s, line 2: MISSING_LABEL, \"label\" is missing or blank"
                .formatted(folder.resolve("golden.jsonl")));
    assertThatThrownBy(() -> read("\n"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("has no examples");
  }

  @Test
  void aTextThatTheBaseCannotReadFailsWithItsLine() {
    assertThatThrownBy(
            () ->
                read(
                    "\n{\"text\": \"good\", \"label\": \"high\"}\n"
                        + "{\"text\": \"a\", \"text_pair\": \"b\", \"label\": \"low\"}",
                    new BaseCapability(200, 1)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the golden set %s, line 3: the base takes no \"text_pair\": its type_vocab_size is 1"
                .formatted(folder.resolve("golden.jsonl")));
  }

  @Test
  void anUnknownLabelFailsUnlessItMayStillBeAdded() throws IOException {
    GoldenFile file =
        read("{\"text\": \"bad\", \"label\": \"low\"}\n{\"text\": \"good\", \"label\": \"new\"}");

    assertThatThrownBy(() -> file.of(Labels.TASK, LABELS))
        .hasMessageEndingWith("line 2: \"label\" is none of 2 labels (low, high)");
    assertThat(file.of(Labels.task(Map.of("unknown", "grow")), LABELS)).hasSize(1);
  }

  private GoldenFile read(String lines) throws IOException {
    return read(lines, new BaseCapability(200, 2));
  }

  private GoldenFile read(String lines, BaseCapability base) throws IOException {
    Path path = Files.writeString(folder.resolve("golden.jsonl"), lines);
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(TinyTokenizer.json(), 16, base)) {
      return GoldenFile.read(path, DECODER, tokenizer);
    }
  }
}
