package io.millrace.step;

import io.millrace.model.arch.BertConfig;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * BERT under either head as plain loops in double precision, text by text: what the production code
 * is compared with, so it shares nothing with it but names and token ids. No dropout.
 */
final class ReferenceBert {

  private static final String EMBEDDINGS = "bert.embeddings.";

  private final ReferenceTensors tensors;
  private final int hidden;
  private final ReferenceLayerNorm embeddingNorm;
  private final List<ReferenceLayer> layers = new ArrayList<>();
  private final ReferenceHead head;

  ReferenceBert(BertConfig config, ReferenceTensors tensors) {
    this.tensors = tensors;
    this.hidden = config.hiddenSize();
    double epsilon = config.layerNormEps();
    embeddingNorm = new ReferenceLayerNorm(tensors, EMBEDDINGS + "LayerNorm", epsilon);
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      String prefix = "bert.encoder.layer." + i + ".";
      layers.add(new ReferenceLayer(tensors, prefix, config.numAttentionHeads(), epsilon));
    }
    head = ReferenceHead.of(config, tensors);
  }

  /** {@code [B][L]}. */
  double[][] logits(TokenMatrix tokens) {
    double[][] logits = new double[tokens.rows()][];
    for (int row = 0; row < logits.length; row++) {
      logits[row] = new Pass(tokens, row).logits;
    }
    return logits;
  }

  /** {@code Σ w ce / Σ w}, nats. */
  double loss(TokenBatch batch) {
    return run(batch, false);
  }

  /** The loss; every tensor's gradient is replaced by the loss's. */
  double lossAndGradients(TokenBatch batch) {
    tensors.clearGradients();
    return run(batch, true);
  }

  private double run(TokenBatch batch, boolean backward) {
    double total = batch.examples().stream().mapToDouble(example -> example.weight()).sum();
    double loss = 0;
    for (int row = 0; row < batch.size(); row++) {
      double share = batch.examples().get(row).weight() / total;
      int label = batch.examples().get(row).target().group();
      Pass pass = new Pass(batch.tokens(), row);
      loss += share * ReferenceLoss.crossEntropy(pass.logits, label);
      if (backward) {
        double[] gradient = ReferenceLoss.gradient(pass.logits, label);
        pass.backward(Arrays.stream(gradient).map(value -> share * value).toArray());
      }
    }
    return loss;
  }

  /** One text's way through the network, which remembers what its way back needs. */
  private final class Pass {

    private final int[] ids;
    private final int[] typeIds;
    private final double[] logits;

    Pass(TokenMatrix tokens, int row) {
      ids = row(tokens.ids(), tokens, row);
      typeIds = row(tokens.typeIds(), tokens, row);
      long[] mask = Arrays.stream(row(tokens.mask(), tokens, row)).asLongStream().toArray();
      double[][] states = embeddingNorm.forward(embeddings());
      for (ReferenceLayer layer : layers) {
        states = layer.forward(states, mask);
      }
      logits = head.forward(states, mask);
    }

    private double[][] embeddings() {
      double[][] sum = new double[ids.length][hidden];
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < hidden; i++) {
          sum[t][i] =
              tensors.value(EMBEDDINGS + "word_embeddings.weight")[ids[t] * hidden + i]
                  + tensors.value(EMBEDDINGS + "position_embeddings.weight")[t * hidden + i]
                  + tensors
                      .value(EMBEDDINGS + "token_type_embeddings.weight")[typeIds[t] * hidden + i];
        }
      }
      return sum;
    }

    void backward(double[] dLogits) {
      double[][] dStates = head.backward(dLogits);
      for (int i = layers.size() - 1; i >= 0; i--) {
        dStates = layers.get(i).backward(dStates);
      }
      double[][] dSum = embeddingNorm.backward(dStates);
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < hidden; i++) {
          tensors.gradient(EMBEDDINGS + "word_embeddings.weight")[ids[t] * hidden + i] +=
              dSum[t][i];
          tensors.gradient(EMBEDDINGS + "position_embeddings.weight")[t * hidden + i] += dSum[t][i];
          tensors.gradient(EMBEDDINGS + "token_type_embeddings.weight")[typeIds[t] * hidden + i] +=
              dSum[t][i];
        }
      }
    }

    private static int[] row(long[] cells, TokenMatrix tokens, int row) {
      int from = row * tokens.length();
      return Arrays.stream(cells, from, from + tokens.length())
          .mapToInt(Math::toIntExact)
          .toArray();
    }
  }
}
