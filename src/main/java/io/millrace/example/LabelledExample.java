package io.millrace.example;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One decoded example, not yet tokenized. {@link #toString()} never shows the text.
 *
 * @param id the producer's id, or the position where the producer gave none
 * @param text the text to classify, never blank
 * @param textPair the second text of a sentence pair
 * @param target the truth, as it was given
 * @param eventTime when it happened, by the producer's clock; the record's timestamp where absent
 * @param weight its weight in the loss, finite and above 0; 1 where absent
 * @param position its coordinates
 * @param slice value of the field that scores are told apart by
 */
public record LabelledExample(
    String id,
    String text,
    Optional<String> textPair,
    GivenTarget target,
    Instant eventTime,
    double weight,
    RecordPosition position,
    Optional<String> slice) {

  public LabelledExample {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(textPair, "textPair");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(eventTime, "eventTime");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(slice, "slice");
  }

  @Override
  public String toString() {
    return "LabelledExample[" + id + " at " + position + ", " + text.length() + " characters]";
  }
}
