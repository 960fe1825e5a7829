package io.millrace.tokenize;

import io.millrace.example.RecordPosition;
import java.time.Instant;

/**
 * An example ready to train on.
 *
 * @param id the example's id
 * @param text its tokens
 * @param label the label's index in the model's label set
 * @param weight its weight in the loss
 * @param eventTime when it happened
 * @param position its coordinates
 */
public record TokenizedExample(
    String id,
    TokenizedText text,
    int label,
    double weight,
    Instant eventTime,
    RecordPosition position) {}
