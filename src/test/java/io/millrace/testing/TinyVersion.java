package io.millrace.testing;

import io.millrace.export.ArtifactContent;
import io.millrace.export.ArtifactWriter;
import io.millrace.model.TransformerClassifier;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A {@link TinyBert} as version 1 of a store, with all its files; not announced yet. */
public final class TinyVersion {

  private TinyVersion() {}

  /** With the labels ham and spam. */
  public static ModelVersion publish(VersionStore store) throws IOException {
    try (TransformerClassifier model = TinyBert.classifier(0, 2)) {
      return publish(store, model, List.of("ham", "spam"));
    }
  }

  public static ModelVersion publish(
      VersionStore store, TransformerClassifier model, List<String> labels) throws IOException {
    return publish(store, 1, model, labels);
  }

  /** As any version; its parent is the one before it. */
  public static ModelVersion publish(
      VersionStore store, long number, TransformerClassifier model, List<String> labels)
      throws IOException {
    ModelVersion like = Versions.version(number);
    ArtifactContent content =
        new ArtifactContent(
            like.model(),
            like.version(),
            like.term(),
            like.parent(),
            like.createdAt(),
            model.architecture(),
            model.snapshot(),
            labels,
            like.addedLabels(),
            TinyTokenizer.json(),
            Map.of(),
            like.maxLength(),
            like.evaluation(),
            like.parentEvaluation(),
            like.golden(),
            like.parentGolden(),
            like.bestGolden(),
            like.prequential(),
            like.decision(),
            like.test(),
            like.provenance());
    return store.add(
        like.version(),
        like.term(),
        aside -> ArtifactWriter.write(aside, content),
        (folder, files) ->
            content.described(store.folder(number, like.term()).toUri().toString(), files));
  }
}
