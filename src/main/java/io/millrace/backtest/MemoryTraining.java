package io.millrace.backtest;

import io.millrace.config.PipelineConfig;
import io.millrace.example.OutputSpace;
import io.millrace.learner.LearnerFactory;
import io.millrace.learner.StartingModel;
import io.millrace.time.RunClock;
import io.millrace.tokenize.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Trains on examples from memory, without broker, queue, journal or checkpoints: for measurements.
 * What learns, evaluates and publishes is what the service has. One thread, which must be the only
 * one of the process that trains.
 */
public final class MemoryTraining implements AutoCloseable {

  private final StartingModel model;

  /**
   * Loads the base's tokenizer; its weights are read again for each run.
   *
   * @throws IOException where the base cannot be read
   */
  public MemoryTraining(PipelineConfig config) throws IOException {
    this.model = StartingModel.load(config);
  }

  /** Cuts texts at {@code millrace.tokenize.max-length}; closed with this. */
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  /** What the results depend on: base, and the settings that shape training. */
  public Map<String, String> settings(PipelineConfig config) {
    Map<String, String> settings = config.shapingTraining();
    settings.put("model.base", model.origin());
    settings.put("device", model.deviceName());
    return settings;
  }

  /**
   * The service's learner from the base on. The caller closes it.
   *
   * @param config its settings; model, device and length as this was made with
   * @param folder an empty one, for what it publishes
   */
  public ContinuousRun continuous(PipelineConfig config, OutputSpace labels, Path folder)
      throws IOException {
    return new ContinuousRun(config, model, labels, folder);
  }

  /**
   * A fresh model for {@link BatchRun#train}. The caller closes it.
   *
   * @param config its settings; model, device and length as this was made with
   */
  public BatchRun batch(PipelineConfig config, OutputSpace labels) throws IOException {
    LearnerFactory factory = new LearnerFactory(config, model, RunClock.SYSTEM);
    return new BatchRun(
        factory.tuner(labels, Optional.empty()),
        factory.assembler(),
        factory.plan(labels),
        labels,
        config.batch().chunkExamples());
  }

  @Override
  public void close() {
    model.close();
  }
}
