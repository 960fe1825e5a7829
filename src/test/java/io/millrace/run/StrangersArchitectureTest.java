package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.labelled;
import static io.millrace.run.TinyService.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.InboundRecord;
import io.millrace.serving.Predictor;
import io.millrace.serving.model.Loaders;
import io.millrace.serving.model.TextInput;
import io.millrace.task.label.LabelAnswer;
import io.millrace.testing.Labels;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.example.bag.BagBase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An architecture that the service does not know, found by {@code META-INF/services} as one from a
 * stranger's jar is, from its base to answers.
 */
class StrangersArchitectureTest {

  @TempDir private Path folder;

  private final List<InboundRecord> log = new ArrayList<>();
  private TinyService service;
  private Map<String, String> settings;

  @BeforeEach
  void prepare() throws IOException {
    service = new TinyService(folder.resolve("service"));
    Path base = folder.resolve("bag");
    BagBase.write(base);
    settings = Map.of("model.base", base.toString(), "labels.unknown", "grow");
    log.addAll(heldOut(0, 8));
    log.addAll(records(0, 40));
    for (int i = 0; i < 4; i++) {
      log.add(labelled("heldout", 8 + i, "good bad", "both"));
    }
    for (int offset = 40; offset < 160; offset++) {
      log.add(
          offset % 3 == 0
              ? labelled("examples", offset, "good bad", "both")
              : records(offset, offset + 1).get(0));
    }
  }

  @Test
  void isTrainedToVersionsThatAnswerWithALabelThatCameLater() throws Exception {
    // When an owner trains it, and after it another, from what the first left
    service.trained(1, log.subList(0, 48), settings).close();
    service.trained(2, log, settings).close();

    // Then versions hold its parameters under its own names, with a row for each label
    List<ModelVersion> versions = service.versions().list();
    ModelVersion last = versions.get(versions.size() - 1);
    assertThat(last.labels()).containsExactly("low", "high", "both");
    Path files = service.versions().folder(last.version(), last.term());
    Map<String, HostTensor> weights = Safetensors.read(files.resolve("model.safetensors"));
    assertThat(weights)
        .containsOnlyKeys(
            "bag.words",
            "bag.mix.weight",
            "bag.mix.bias",
            "bag.norm.weight",
            "bag.norm.bias",
            "answer.weight",
            "answer.bias");
    assertThat(weights.get("answer.weight").shape()).containsExactly(3, 16);
    assertThat(files.resolve("README.md")).content().contains("Millrace loads this folder");
    assertThat(Files.readString(files.resolve("config.json"))).contains("bag-of-words");

    // And the service answers with it
    assertThat(answers("good", "bad", "good bad")).containsExactly("high", "low", "both");
  }

  private List<String> answers(String... texts) {
    Predictor predictor =
        new Predictor(
            service.versions(), Loaders.of(service.versions()), Labels.TASK, Runnable::run);
    predictor.follow();
    List<TextInput> inputs =
        Stream.of(texts).map(text -> new TextInput(text, Optional.empty())).toList();
    return predictor.predict(inputs).join().predictions().stream()
        .map(answer -> ((LabelAnswer) answer).label())
        .toList();
  }
}
