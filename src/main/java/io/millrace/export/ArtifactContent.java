package io.millrace.export;

import io.millrace.gate.TestResult;
import io.millrace.model.arch.Architecture;
import io.millrace.score.Evaluation;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a version's folder is made of.
 *
 * @param architecture what the model computes
 * @param weights all of them, by name
 * @param test what decided for it; empty for the first version and one by command
 * @param addedLabels labels that its parent does not have
 * @param bestGolden see {@link ModelVersion#bestGolden()}
 * @param tokenizerJson the base's {@code tokenizer.json}
 * @param tokenizerFiles the base's other tokenizer files, by name
 */
@SuppressWarnings("ArrayRecordComponent")
public record ArtifactContent(
    String model,
    long version,
    long term,
    Optional<Long> parent,
    Instant createdAt,
    Architecture architecture,
    Map<String, HostTensor> weights,
    List<String> labels,
    List<String> addedLabels,
    byte[] tokenizerJson,
    Map<String, byte[]> tokenizerFiles,
    int maxLength,
    Evaluation evaluation,
    Optional<Evaluation> parentEvaluation,
    Optional<Evaluation> golden,
    Optional<Evaluation> parentGolden,
    Optional<Double> bestGolden,
    Optional<Evaluation> prequential,
    String decision,
    Optional<TestResult> test,
    Provenance provenance) {

  /** The version as it is announced, once its files are known. */
  public ModelVersion described(String artifact, List<ArtifactFile> files) {
    return new ModelVersion(
        model,
        version,
        term,
        parent,
        createdAt,
        labels,
        addedLabels,
        maxLength,
        evaluation,
        parentEvaluation,
        golden,
        parentGolden,
        bestGolden,
        prequential,
        decision,
        test,
        provenance,
        artifact,
        files);
  }
}
