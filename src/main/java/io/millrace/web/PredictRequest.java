package io.millrace.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.example.BrokenRuleException;
import io.millrace.input.TextRules;
import io.millrace.serving.Predictions;
import io.millrace.serving.model.TextInput;
import io.millrace.web.problem.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What to classify: one text, or a list of inputs. {@link #toString()} never shows it.
 *
 * @param text the text, where there is one
 * @param textPair its second text, for a sentence pair
 * @param inputs several, instead of {@code text}
 * @param topK how many probabilities of each answer are wanted; all where it is missing
 */
@Schema(
    description = "One text, or a list of inputs",
    examples = "{\"text\": \"Meeting moved to 3 pm, same room.\"}")
public record PredictRequest(
    String text,
    @JsonProperty("text_pair") String textPair,
    List<Input> inputs,
    @Schema(minimum = "1") @JsonProperty("top_k") Integer topK) {

  /**
   * One of several inputs.
   *
   * @param text the text
   * @param textPair its second text, for a sentence pair
   */
  public record Input(
      @Schema(required = true) String text, @JsonProperty("text_pair") String textPair) {
    @Override
    public String toString() {
      return "Input";
    }
  }

  @Override
  public String toString() {
    return "PredictRequest";
  }

  /**
   * The inputs, checked.
   *
   * @param maxInputs most inputs of a request
   * @param rules for texts, the same as on the examples topic
   * @throws RefusedException naming the rule broken
   */
  List<TextInput> checked(int maxInputs, TextRules rules) {
    if (topK != null && topK < 1) {
      throw RefusedException.invalid("top_k must be at least 1, is " + topK);
    }
    if (inputs == null) {
      return List.of(checked("", text, textPair, rules));
    }
    if (text != null || textPair != null) {
      throw RefusedException.invalid("Send either text or inputs, not both");
    }
    if (inputs.isEmpty() || inputs.size() > maxInputs) {
      throw RefusedException.invalid(
          "inputs must hold 1 to " + maxInputs + " inputs, has " + inputs.size());
    }
    List<TextInput> checked = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      String field = field(i);
      if (input == null) {
        throw RefusedException.invalid(field + " is null");
      }
      checked.add(checked(field + ".", input.text(), input.textPair(), rules));
    }
    return checked;
  }

  /** What an input is called in this request. */
  String field(int index) {
    return inputs == null ? "text" : "inputs[" + index + "]";
  }

  /** Only the most probable labels, as many as are wanted. */
  Predictions cut(Predictions all) {
    return topK == null
        ? all
        : new Predictions(
            all.model(),
            all.version(),
            all.predictions().stream().map(prediction -> prediction.top(topK)).toList());
  }

  private static TextInput checked(String field, String text, String pair, TextRules rules) {
    try {
      return new TextInput(rules.text(field + "text", text), rules.pair(field + "text_pair", pair));
    } catch (BrokenRuleException e) {
      throw RefusedException.invalid(e.getMessage());
    }
  }
}
