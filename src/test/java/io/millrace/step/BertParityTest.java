package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.Pooling;
import io.millrace.optim.LazyAdamW;
import io.millrace.optim.OptimizedModel;
import io.millrace.optim.Optimizer;
import io.millrace.optim.StartingPoint;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.Berts;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The production step against values that none of its code computed. */
class BertParityTest {

  private static final double TOLERANCE = 1e-4;

  /**
   * A step moves a weight by about 1e-2. Where a gradient is nearly 0, AdamW multiplies its
   * rounding, up to 3e-6 in float32 at a norm of 11, by rate / epsilon, here 10.
   */
  private static final double WEIGHT_TOLERANCE = 5e-5;

  @ParameterizedTest
  @EnumSource
  void twoStepsWithClippingEqualTheReference(Pooling pooling) {
    ParityCase reference = ParityCase.ofReference(pooling, 0.5);

    assertThat(reference.steps())
        .allSatisfy(step -> assertThat(step.gradNorm()).isGreaterThan(0.5));
    assertParity(reference);
  }

  @ParameterizedTest
  @EnumSource
  void twoStepsWithoutClippingEqualTheReference(Pooling pooling) {
    ParityCase reference = ParityCase.ofReference(pooling, 1000);

    assertThat(reference.steps()).allSatisfy(step -> assertThat(step.gradNorm()).isLessThan(1000));
    assertParity(reference);
  }

  @Test
  void stepsEqualThoseOfHuggingFaceTransformers() throws IOException {
    String folder = System.getProperty("millrace.fixtures");
    assumeTrue(
        folder != null,
        "no fixtures: write them with src/test/python/hf_parity.py, then -Dmillrace.fixtures=DIR");

    for (String name : new String[] {"clipped", "unclipped"}) {
      assertParity(ParityFixtures.read(Path.of(folder, name)));
    }
  }

  private static void assertParity(ParityCase expected) {
    TransformerClassifier model =
        TransformerClassifier.of(new Bert(expected.config()), expected.weights(), Device.cpu());
    Recorder recorder = new Recorder(model);
    TrainingSettings settings = TinyBert.settings(expected.settings());
    try (FineTuner tuner =
        new FineTuner(
            OptimizedModel.of(model, settings),
            Labels.TASK,
            recorder::optimizer,
            StartingPoint.FIRST_STEP,
            recorder::around)) {
      for (ParityCase.Step step : expected.steps()) {
        // When
        float[][] logits = tuner.logits(step.batch().tokens());
        StepOutcome outcome = tuner.step(step.batch());

        // Then
        assertThat(widened(logits)).containsExactly(step.logits(), within(TOLERANCE));
        assertThat(outcome)
            .isInstanceOfSatisfying(
                StepOutcome.Applied.class,
                applied -> {
                  assertThat(applied.loss()).isCloseTo(step.loss(), within(TOLERANCE));
                  assertThat(applied.gradNorm())
                      .isCloseTo(step.gradNorm(), within(TOLERANCE * step.gradNorm()));
                });
        assertClose("gradient", recorder.gradients, step.gradients(), TOLERANCE);
        try (TransformerClassifier trained = tuner.candidate()) {
          assertClose("weight", arrays(trained), step.weights(), WEIGHT_TOLERANCE);
        }
      }
    }
  }

  private static void assertClose(
      String what, Map<String, float[]> found, Map<String, double[]> expected, double tolerance) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) ->
            assertThat(largestDifference(found.get(name), values))
                .as("largest difference in the %s of %s", what, name)
                .isLessThan(tolerance));
  }

  private static double largestDifference(float[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs(found[i] - expected[i]);
      assertThat(difference).isNotNaN();
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  private static Map<String, float[]> arrays(TransformerClassifier model) {
    Map<String, float[]> arrays = new LinkedHashMap<>();
    model.snapshot().forEach((name, tensor) -> arrays.put(name, tensor.data()));
    return arrays;
  }

  private static double[] widened(float[][] rows) {
    return Arrays.stream(rows)
        .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]))
        .toArray();
  }

  /** Copies the gradients that a step hands to its optimizer, before they are clipped. */
  private static final class Recorder {

    private final TransformerClassifier model;
    private final Map<String, float[]> gradients = new LinkedHashMap<>();
    private List<String> names;

    Recorder(TransformerClassifier model) {
      this.model = model;
    }

    Optimizer optimizer(OptimizedModel optimized) {
      names =
          optimized.groups().stream().flatMap(group -> optimized.dense(group).stream()).toList();
      return Optimizer.fresh(optimized, model.newScope());
    }

    BatchGradients around(BatchGradients passes) {
      return (scope, batch, weights, taken) -> {
        Objective.Gradients result = passes.of(scope, batch, weights, taken);
        for (int i = 0; i < names.size(); i++) {
          gradients.put(names.get(i), result.gradients().get(i).toFloatArray());
        }
        result
            .taken()
            .ifPresent(
                rows ->
                    gradients.put(
                        Berts.WORDS, wholeTable(rows, result.gradients().get(names.size()))));
        return result;
      };
    }

    /** Rows that a batch does not read have the gradient 0. */
    private float[] wholeTable(LazyAdamW.Taken taken, NDArray gradient) {
      int width = Berts.config(model.architecture()).hiddenSize();
      float[] whole = new float[model.architecture().limits().vocabulary() * width];
      float[] rows = gradient.toFloatArray();
      long[] vocabulary = taken.words().vocabulary();
      for (int row = 0; row < vocabulary.length; row++) {
        System.arraycopy(rows, row * width, whole, (int) vocabulary[row] * width, width);
      }
      return whole;
    }
  }
}
