package io.millrace.tokenize;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How examples become batches. */
@ConfigMapping(prefix = "millrace.batch")
public interface BatchSettings {

  /**
   * Most examples of a batch: what one step averages over.
   *
   * <p>Unit: examples.
   */
  @WithDefault("32")
  @Min(1)
  int maxExamples();

  /**
   * Most tokens of a batch, padding included: what one step costs in memory, with MiniLM about 0.3
   * MB a token. Raise it on a GPU.
   *
   * <p>Unit: tokens.
   */
  @WithDefault("2048")
  @Min(8)
  int maxTokens();

  /**
   * Records of a chunk, within which batches are formed by length. Larger pads less and saves
   * positions less often.
   *
   * <p>Unit: records.
   */
  @WithDefault("128")
  @Min(1)
  int chunkExamples();

  /** Longest time that a chunk waits to fill, so that a slow stream is trained on all the same. */
  @WithDefault("15s")
  @DurationMin(nanos = 1, message = "must be longer than 0")
  Duration chunkMaxWait();
}
