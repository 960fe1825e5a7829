package io.millrace.replay;

import io.millrace.tokenize.TokenizedExample;

/**
 * A past example in the replay buffer. The type of its example keeps held-out examples out.
 *
 * @param example its tokens, label and weight
 * @param loss its last known loss, nats: by the weights before a step that it was in
 * @param step the last step that it was trained in
 */
public record KeptExample(TokenizedExample example, double loss, long step) {}
