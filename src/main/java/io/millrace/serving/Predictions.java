package io.millrace.serving;

import java.util.List;

/**
 * The answers to one request, all by one version.
 *
 * @param model the model's name
 * @param version the version that answered
 * @param predictions one per input, in order
 */
public record Predictions(String model, long version, List<Prediction> predictions) {

  public Predictions {
    predictions = List.copyOf(predictions);
  }
}
