package io.millrace.serving;

import io.millrace.example.LabelSet;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.TextInput;
import io.millrace.version.ModelVersion;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What a version goes through before it answers anybody. Its first passes cost several others, for
 * the engine allocates for each size of a pass; and they show whether it can answer at all.
 */
final class WarmUp {

  private static final TextInput TEXT = new TextInput("warm up 1 ok, да 好", Optional.empty());
  private static final List<Integer> SIZES = List.of(1, 8, 64);

  private WarmUp() {}

  /**
   * Blocks while they run.
   *
   * @throws RuntimeException what the model threw, or naming the rule that its logits break
   */
  static void run(ServingModel model, ModelVersion version) {
    for (int size : SIZES) {
      for (float[] logits : logits(model, size)) {
        check(logits, version.labels());
      }
    }
  }

  private static float[][] logits(ServingModel model, int size) {
    try {
      return model.logits(Collections.nCopies(size, TEXT)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static void check(float[] logits, List<String> labels) {
    if (logits.length != labels.size()) {
      throw new IllegalArgumentException(
          "model.safetensors gives %d logits for %s"
              .formatted(logits.length, LabelSet.summary(labels)));
    }
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new IllegalArgumentException(
            "model.safetensors gives the logit %s, expected finite ones".formatted(logit));
      }
    }
  }
}
