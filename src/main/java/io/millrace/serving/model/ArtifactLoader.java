package io.millrace.serving.model;

import ai.djl.Device;
import io.millrace.example.LabelSet;
import io.millrace.model.Devices;
import io.millrace.model.ModelSettings;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Architectures;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Loads a version from its Hugging Face directory in the store. */
@ApplicationScoped
class ArtifactLoader implements ModelLoader {

  private final VersionStore store;
  private final String device;
  private final int maxInputs;

  @Inject
  ArtifactLoader(VersionStore store, ModelSettings settings, ServingSettings serving) {
    this(store, settings, serving.maxInputs());
  }

  ArtifactLoader(VersionStore store, ModelSettings settings, int maxInputs) {
    this.store = store;
    this.device = settings.device();
    this.maxInputs = maxInputs;
  }

  @Override
  public ServingModel load(ModelVersion version) throws IOException {
    store.verify(version);
    Path folder = store.folder(version.version(), version.term());
    Device target = Devices.of(device);
    Architecture architecture = Architectures.read(folder.resolve("config.json"));
    TextTokenizer tokenizer =
        TextTokenizer.fromJson(
            Files.readAllBytes(folder.resolve("tokenizer.json")),
            version.maxLength(),
            architecture.limits().capability());
    try {
      Map<String, HostTensor> weights = Safetensors.read(folder.resolve("model.safetensors"));
      ParameterSpecs.checkFinite(weights);
      TransformerClassifier classifier = TransformerClassifier.of(architecture, weights, target);
      requireAllLabels(version, classifier);
      return new TextClassifier(version.key().toString(), tokenizer, classifier, maxInputs);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static void requireAllLabels(ModelVersion version, TransformerClassifier classifier) {
    if (classifier.numLabels() != version.labels().size()) {
      classifier.close();
      throw new IllegalArgumentException(
          "its classifier has %d rows for %s"
              .formatted(classifier.numLabels(), LabelSet.summary(version.labels())));
    }
  }
}
