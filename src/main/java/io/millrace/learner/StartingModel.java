package io.millrace.learner;

import ai.djl.Device;
import io.millrace.config.PipelineConfig;
import io.millrace.drift.TextProjection;
import io.millrace.heldout.GoldenFile;
import io.millrace.identity.BaseIdentity;
import io.millrace.input.ExampleDecoder;
import io.millrace.model.BaseHashes;
import io.millrace.model.BaseModels;
import io.millrace.model.Devices;
import io.millrace.model.PretrainedModel;
import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.BaseModelException;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.torch.DeviceMemory;
import io.millrace.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What every ownership of this instance starts from: the base model, its tokenizer and the device.
 * Loaded when the service starts, so that a standby, too, fails at once where they cannot be used.
 */
public final class StartingModel implements AutoCloseable {

  private final PipelineConfig config;
  private final Device device;
  private final String origin;
  private final Architecture architecture;
  private final byte[] tokenizerJson;
  private final Map<String, byte[]> tokenizerFiles;
  private final TextTokenizer tokenizer;
  private final Optional<TextProjection> projection;
  private final Optional<GoldenFile> golden;
  private final BaseIdentity identity;
  private Optional<PretrainedModel> loaded;

  private StartingModel(PipelineConfig config, Device device, PretrainedModel base)
      throws IOException {
    this.config = config;
    this.device = device;
    this.origin = base.origin();
    this.architecture = base.architecture();
    this.tokenizerJson = base.tokenizerJson();
    this.tokenizerFiles = base.tokenizerFiles();
    this.tokenizer = tokenizer(base, config.tokenize().maxLength());
    this.projection =
        config.drift().enabled()
            ? base.words().map(words -> new TextProjection(words.data(), (int) words.shape()[1]))
            : Optional.empty();
    Optional<Path> file = config.publication().goldenFile();
    this.golden =
        file.isPresent()
            ? Optional.of(
                GoldenFile.read(
                    file.get(), new ExampleDecoder(config.example(), config.task()), tokenizer))
            : Optional.empty();
    this.loaded = Optional.of(base);
    BaseHashes hashes = BaseHashes.of(config.model().base());
    this.identity = new BaseIdentity(hashes.weights(), hashes.tokenizer(), hashes.config());
  }

  /** Fails with one clear message where base or device cannot be used. */
  public static StartingModel load(PipelineConfig config) throws IOException {
    return new StartingModel(config, Devices.of(config.model().device()), read(config));
  }

  /** What it cannot do for any text is refused here, what it cannot do for one with that one. */
  private static TextTokenizer tokenizer(PretrainedModel base, int maxLength) {
    TextTokenizer tokenizer =
        TextTokenizer.fromJson(
            base.tokenizerJson(),
            Math.min(maxLength, base.architecture().limits().length()),
            base.architecture().limits().capability());
    try {
      if (base.architecture().readsFirstToken() && !tokenizer.marksBeginning()) {
        throw new BaseModelException(
            "%s: tokenizer.json puts no special token in front of a text (\"post_processor\" is null or adds none), and the classification head reads it there; give it the post-processor of the model it is for"
                .formatted(base.origin()));
      }
      if (!tokenizer.hasRoom()) {
        throw new BaseModelException(
            "%s: texts are cut at %d tokens, which leaves none beside the special ones; raise millrace.tokenize.max-length, or give a base with more max_position_embeddings"
                .formatted(base.origin(), tokenizer.maxLength()));
      }
      return tokenizer;
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static PretrainedModel read(PipelineConfig config) throws IOException {
    return BaseModels.load(config.model().base()).with(config.model().pooling());
  }

  /**
   * The base's weights. They are let go of then: hundreds of megabytes, not to be kept on the heap
   * beside what the device has; who asks again gets them loaded again.
   */
  synchronized PretrainedModel takeBase() throws IOException {
    PretrainedModel base = loaded.isPresent() ? loaded.get() : read(config);
    loaded = Optional.empty();
    return base;
  }

  /** Lets go of the base's weights: training starts from a checkpoint. */
  synchronized void dropBase() {
    loaded = Optional.empty();
  }

  /** Where drift sees texts by; empty where it is off. */
  Optional<TextProjection> projection() {
    return projection;
  }

  /** The golden set that was given; empty where it is the first of the stream. */
  Optional<GoldenFile> golden() {
    return golden;
  }

  public Device device() {
    return device;
  }

  public String deviceName() {
    return TorchRuntime.name(device);
  }

  public Optional<DeviceMemory> deviceMemory() {
    return DeviceMemory.of(device);
  }

  public String origin() {
    return origin;
  }

  /** Which base it is, by its files. */
  public BaseIdentity identity() {
    return identity;
  }

  public Architecture architecture() {
    return architecture;
  }

  public byte[] tokenizerJson() {
    return tokenizerJson;
  }

  public Map<String, byte[]> tokenizerFiles() {
    return tokenizerFiles;
  }

  /** Thread-safe; closed with this. */
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
