package io.millrace.publishing;

import io.millrace.config.PipelineConfig;
import io.millrace.learner.StartingModel;
import io.millrace.torch.TorchRuntime;
import java.util.Map;

/**
 * What every version of a run has in common.
 *
 * @param model the model's name
 * @param base origin of the base model
 * @param tokenizerJson the base's tokenizer
 * @param tokenizerFiles its other files, by name
 * @param maxLength longest text in tokens
 * @param settings settings that shape training
 * @param environment engine, device, threads, Java
 */
@SuppressWarnings("ArrayRecordComponent")
public record PublicationFacts(
    String model,
    String base,
    byte[] tokenizerJson,
    Map<String, byte[]> tokenizerFiles,
    int maxLength,
    Map<String, String> settings,
    Map<String, String> environment) {

  /** Of a base without other tokenizer files. */
  public PublicationFacts(
      String model,
      String base,
      byte[] tokenizerJson,
      int maxLength,
      Map<String, String> settings,
      Map<String, String> environment) {
    this(model, base, tokenizerJson, Map.of(), maxLength, settings, environment);
  }

  public static PublicationFacts of(PipelineConfig config, StartingModel model) {
    return new PublicationFacts(
        config.model().name(),
        model.origin(),
        model.tokenizerJson(),
        model.tokenizerFiles(),
        model.tokenizer().maxLength(),
        config.shapingTraining(),
        TorchRuntime.environment(model.device()));
  }
}
