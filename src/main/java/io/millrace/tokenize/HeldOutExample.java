package io.millrace.tokenize;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import java.time.Instant;
import java.util.Optional;

/**
 * An example that is only ever scored. A type of its own, so that no code can train on it.
 *
 * @param id the example's id
 * @param text its tokens
 * @param target the truth; {@code label} in what is persisted
 * @param eventTime when it happened
 * @param position its coordinates
 * @param slice value of the field that scores are told apart by
 */
public record HeldOutExample(
    String id,
    TokenizedText text,
    @JsonProperty("label") Target target,
    Instant eventTime,
    RecordPosition position,
    Optional<String> slice) {

  public HeldOutExample {
    slice = slice == null ? Optional.empty() : slice; // those kept before there was one
  }
}
