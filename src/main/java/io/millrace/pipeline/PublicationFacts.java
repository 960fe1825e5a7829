package io.millrace.pipeline;

import java.util.Map;

/**
 * What every version of a run has in common.
 *
 * @param model the model's name
 * @param base origin of the base model
 * @param tokenizerJson the base's tokenizer
 * @param maxLength longest text in tokens
 * @param settings settings that shape training
 * @param environment engine, device, threads, Java
 */
@SuppressWarnings("ArrayRecordComponent")
record PublicationFacts(
    String model,
    String base,
    byte[] tokenizerJson,
    int maxLength,
    Map<String, String> settings,
    Map<String, String> environment) {}
