package io.millrace.serving;

import io.millrace.task.Answer;
import io.millrace.task.label.LabelAnswer;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The answers to one request, all by one version.
 *
 * @param model the model's name
 * @param version the version that answered
 * @param predictions one per input, in order
 */
public record Predictions(
    String model,
    long version,
    @Schema(implementation = LabelAnswer[].class) List<Answer> predictions) {

  public Predictions {
    predictions = List.copyOf(predictions);
  }
}
