package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.commit.CheckpointParts;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.Target;
import io.millrace.score.Evaluation;
import io.millrace.serving.Predictions;
import io.millrace.serving.Predictor;
import io.millrace.serving.model.Loaders;
import io.millrace.serving.model.TextInput;
import io.millrace.storage.Json;
import io.millrace.testing.Examples;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A task that the service does not know, found by {@code META-INF/services} as one from a
 * stranger's jar is, from its records to answers: a number a text, by squared error.
 */
class StrangersTaskTest {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "model.task", "regression",
          "publication.score", "accuracy", // labels'; the task has a test of its own
          "publication.margin", "1",
          "replay.size", "32",
          "training.learning-rate", "0.02");

  @TempDir private Path folder;

  private final List<InboundRecord> log = new ArrayList<>();
  private TinyService service;

  @BeforeEach
  void prepare() throws IOException {
    service = new TinyService(folder);
    for (int offset = 0; offset < 24; offset++) {
      log.add(valued("heldout", offset));
    }
    for (int offset = 0; offset < 160; offset++) {
      log.add(
          offset == 50
              ? Examples.record("examples", offset, "{\"text\": \"good\", \"value\": \"high\"}")
              : valued("examples", offset));
    }
  }

  @Test
  void isTrainedToAVersionThatAnswersWithNumbers() throws Exception {
    // When an owner trains it, and after it another, from what the first left
    service.trained(1, log.subList(0, 88), SETTINGS).close();
    service.trained(2, log, SETTINGS).close();

    // Then the last version was published by the task's own measure
    List<ModelVersion> versions = service.versions().list();
    ModelVersion last = versions.get(versions.size() - 1);
    Evaluation evaluation = last.evaluation();
    assertThat(last.labels()).containsExactly("value");
    assertThat(versions.get(0).decision()).contains("always answering the mean");
    assertThat(last.test().orElseThrow().examples()).isEqualTo(24);
    assertThat(last.decision()).contains("squared error decrease");
    assertThat(evaluation.headline()).isEqualTo(-evaluation.loss());
    assertThat(evaluation.measures().get("r2")).isGreaterThan(0.9);
    assertThat(evaluation.accuracy()).isNaN();

    // And what is no number is a dead letter, named as the task names it
    assertThat(service.letters())
        .extracting(letter -> letter.record().position().offset(), DeadLetter::detail)
        .containsExactly(tuple(50L, "\"value\" is not a finite number"));

    // And checkpoints hold its targets
    var kept = CheckpointParts.replay(service.checkpoints().newest().orElseThrow().checkpoint());
    assertThat(kept.kept())
        .extracting(one -> one.example().target())
        .contains(new Target.Values(new float[] {1.5f}));

    // And the service answers with it
    Predictions answers = answers("good", "bad");
    JsonNode body = Json.MAPPER.valueToTree(answers);
    assertThat(body.get("version").asLong()).isEqualTo(last.version());
    assertThat(body.get("predictions").get(0).get("value").asDouble()).isCloseTo(1.5, within(0.5));
    assertThat(body.get("predictions").get(1).get("value").asDouble()).isCloseTo(-1, within(0.5));
  }

  @Test
  void aNameThatIsNoTaskIsRefusedWithThoseThereAre() throws IOException {
    assertThat(service.config(Map.of("model.task", "tagging")).problems())
        .containsExactly(
            "millrace.model.task = tagging: there is no such task, but there are label, regression");
  }

  private Predictions answers(String... texts) throws IOException {
    Predictor predictor =
        new Predictor(
            service.versions(),
            Loaders.of(service.versions()),
            service.config(SETTINGS).task(),
            Runnable::run);
    predictor.follow();
    List<TextInput> inputs =
        Stream.of(texts).map(text -> new TextInput(text, Optional.empty())).toList();
    return predictor.predict(inputs).join();
  }

  private static InboundRecord valued(String topic, long offset) {
    return Examples.record(
        topic,
        offset,
        offset % 2 == 0
            ? "{\"text\": \"good\", \"value\": 1.5}"
            : "{\"text\": \"bad\", \"value\": -1}");
  }
}
