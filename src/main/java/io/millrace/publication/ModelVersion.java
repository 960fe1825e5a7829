package io.millrace.publication;

import io.millrace.evaluation.Evaluation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A published version: what the versions topic announces.
 *
 * @param model the model's name
 * @param version its number, from 1
 * @param term its owner's: the offset of the owner's trainer-started event on the versions topic
 * @param parent the version it replaced, empty for the first
 * @param createdAt when it was published
 * @param labels its labels in logit order
 * @param maxLength longest text in tokens it was trained with
 * @param evaluation its scores on the held-out window at publication
 * @param parentEvaluation its parent's scores on the same examples
 * @param decision why it was published, in words
 * @param provenance its lineage
 * @param artifact URI of its folder
 * @param files every file of it
 */
public record ModelVersion(
    String model,
    long version,
    long term,
    Optional<Long> parent,
    Instant createdAt,
    List<String> labels,
    int maxLength,
    Evaluation evaluation,
    Optional<Evaluation> parentEvaluation,
    String decision,
    Provenance provenance,
    String artifact,
    List<ArtifactFile> files) {

  public ModelVersion {
    labels = List.copyOf(labels);
    files = List.copyOf(files);
  }
}
