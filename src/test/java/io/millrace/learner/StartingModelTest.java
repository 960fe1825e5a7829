package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.arch.BaseModelException;
import io.millrace.run.PipelineConfigs;
import io.millrace.testing.TinyBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a base cannot do for any text is refused before the first record is read. */
class StartingModelTest {

  private static final String POST_PROCESSOR =
      "\"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 7], \"cls\":"
          + " [\"[CLS]\", 6]}";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyBase.write(folder);
  }

  @Test
  void aTokenizerThatMarksNoBeginningIsRefusedWithItsFile() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String json = Files.readString(file);
    assertThat(json).contains(POST_PROCESSOR);
    Files.writeString(file, json.replace(POST_PROCESSOR, "\"post_processor\": null"));

    assertThatThrownBy(() -> load(Map.of()))
        .isInstanceOf(BaseModelException.class)
        .hasMessageStartingWith(
            folder
                + ": tokenizer.json puts no special token in front of a text (\"post_processor\" is"
                + " null");
  }

  @Test
  void aBaseThatLeavesNoRoomForATextIsRefused() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String eight =
        "\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [%s], \"pair\": [%s,"
            + " {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}], \"special_tokens\": {\"[CLS]\":"
            + " {\"id\": \"[CLS]\", \"ids\": [6, 6, 6, 6, 6, 6, 6, 6], \"tokens\": [\"a\", \"b\","
            + " \"c\", \"d\", \"e\", \"f\", \"g\", \"h\"]}}}";
    String around =
        "{\"SpecialToken\": {\"id\": \"[CLS]\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\","
            + " \"type_id\": 0}}";
    Files.writeString(
        file, Files.readString(file).replace(POST_PROCESSOR, eight.formatted(around, around)));

    assertThatThrownBy(() -> load(Map.of("tokenize.max-length", "8")))
        .isInstanceOf(BaseModelException.class)
        .hasMessageContaining(
            "texts are cut at 8 tokens, which leaves none beside the special ones");
  }

  @Test
  void theTimesOfAGoldenFileAreItsOwn() throws IOException {
    Path golden = folder.resolve("golden.jsonl");
    Files.writeString(
        golden,
        "{\"text\": \"good\", \"label\": \"high\", \"timestamp\": 1767268800000}\n"
            + "{\"text\": \"bad\", \"text_pair\": \"very\", \"label\": \"low\"}\n");

    try (StartingModel two = load(Map.of("publication.golden-file", golden.toString()))) {
      assertThat(two.golden().orElseThrow().examples().get(0).eventTime().toEpochMilli())
          .as("a file has no record's time that could be in its place")
          .isEqualTo(1767268800000L);
    }
  }

  private StartingModel load(Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("model.base", folder.toString());
    all.put("device", "cpu");
    return StartingModel.load(PipelineConfigs.of(all));
  }
}
