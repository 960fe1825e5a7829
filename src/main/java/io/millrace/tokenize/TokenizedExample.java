package io.millrace.tokenize;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import java.time.Instant;

/**
 * An example ready to train on.
 *
 * @param id the example's id
 * @param text its tokens
 * @param target the truth; {@code label} in what is persisted
 * @param weight its weight in the loss
 * @param eventTime when it happened
 * @param position its coordinates
 */
public record TokenizedExample(
    String id,
    TokenizedText text,
    @JsonProperty("label") Target target,
    double weight,
    Instant eventTime,
    RecordPosition position) {}
