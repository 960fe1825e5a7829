package io.millrace.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.millrace.model.arch.BertConfig;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;

/**
 * What a DJL user gets without writing operators: {@link BertBlock}, {@link Trainer}, its AdamW.
 * The block adds its position table whole, so every batch is padded to the table's length.
 */
final class StockStep implements AutoCloseable {

  static final int LENGTH = 128;

  private final Model model;
  private final Trainer trainer;

  StockStep(BertConfig config, int batch, int labels) {
    BertBlock bert =
        BertBlock.builder()
            .setTokenDictionarySize(config.vocabSize())
            .optTypeDictionarySize(config.typeVocabSize())
            .optEmbeddingSize(config.hiddenSize())
            .optTransformerBlockCount(config.numHiddenLayers())
            .optAttentionHeadCount(config.numAttentionHeads())
            .optHiddenSize(config.intermediateSize())
            .optHiddenDropoutProbability((float) config.hiddenDropoutProb())
            .optMaxSequenceLength(LENGTH)
            .build();
    SequentialBlock block =
        new SequentialBlock()
            .add(bert)
            .add(outputs -> new NDList(outputs.get(1)))
            .add(Linear.builder().setUnits(labels).build());
    block.setInitializer(new NormalInitializer(0.02f), parameter -> true);
    model = Model.newInstance("stock", Device.cpu(), "PyTorch");
    model.setBlock(block);
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(
                    Optimizer.adamW().optLearningRateTracker(Tracker.fixed(5e-5f)).build()));
    Shape tokens = new Shape(batch, LENGTH);
    trainer.initialize(tokens, tokens, tokens);
  }

  /** One step: forward, loss, backward, update, as DJL's own training loop does it. */
  void step(TokenBatch batch) {
    TokenMatrix tokens = batch.tokens();
    try (NDManager scope = trainer.getManager().newSubManager()) {
      NDList inputs =
          new NDList(
              padded(scope, tokens, tokens.ids()),
              padded(scope, tokens, tokens.typeIds()),
              padded(scope, tokens, tokens.mask()));
      NDList labels = new NDList(scope.create(batch.groups()));
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDArray loss = trainer.getLoss().evaluate(labels, trainer.forward(inputs));
        collector.backward(loss);
      }
      trainer.step();
    }
  }

  private static NDArray padded(NDManager scope, TokenMatrix tokens, long[] values) {
    long[] cells = new long[tokens.rows() * LENGTH];
    for (int row = 0; row < tokens.rows(); row++) {
      System.arraycopy(values, row * tokens.length(), cells, row * LENGTH, tokens.length());
    }
    return scope.create(cells, new Shape(tokens.rows(), LENGTH)).toType(DataType.INT64, false);
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
