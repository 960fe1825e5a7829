package io.millrace.training;

import io.millrace.torch.HostTensor;
import java.util.Map;

/**
 * All that the steps so far left behind, in Java memory: what a checkpoint keeps. With the settings
 * it says all about the next step, whose random state depends on seed and number alone.
 *
 * @param step steps done
 * @param weights by Hugging Face name
 * @param firstMoments AdamW's first moments by the same names
 * @param secondMoments AdamW's second moments
 */
public record FineTunerState(
    long step,
    Map<String, HostTensor> weights,
    Map<String, HostTensor> firstMoments,
    Map<String, HostTensor> secondMoments) {}
