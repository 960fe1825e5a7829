package io.millrace.step;

import io.millrace.model.arch.BertConfig;

/** From one text's hidden states {@code [T][H]} to its logits, with the derivative written out. */
interface ReferenceHead {

  static ReferenceHead of(BertConfig config, ReferenceTensors tensors) {
    return switch (config.classifierPooling()) {
      case CLS -> new Cls(tensors);
      case MEAN -> new Mean(tensors);
    };
  }

  /** Remembers what {@link #backward} needs. */
  double[] forward(double[][] states, long[] mask);

  /** Adds to the gradients of the head; returns that of the states. */
  double[][] backward(double[] dLogits);

  /** The first token through a tanh layer. */
  final class Cls implements ReferenceHead {

    private final ReferenceLinear pooler;
    private final ReferenceLinear classifier;
    private double[][] pooled;
    private int length;

    Cls(ReferenceTensors tensors) {
      pooler = new ReferenceLinear(tensors, "bert.pooler.dense");
      classifier = new ReferenceLinear(tensors, "classifier");
    }

    @Override
    public double[] forward(double[][] states, long[] mask) {
      length = states.length;
      pooled = ReferenceLayer.map(pooler.forward(new double[][] {states[0]}), Math::tanh);
      return classifier.forward(pooled)[0];
    }

    @Override
    public double[][] backward(double[] dLogits) {
      double[][] dPooled = classifier.backward(new double[][] {dLogits});
      double[][] slopes = ReferenceLayer.map(pooled, value -> 1 - value * value);
      double[] dFirst = pooler.backward(ReferenceLayer.product(dPooled, slopes))[0];
      double[][] dStates = new double[length][dFirst.length];
      dStates[0] = dFirst;
      return dStates;
    }
  }

  /** The mean of the tokens that are not padding. */
  final class Mean implements ReferenceHead {

    private final ReferenceLinear classifier;
    private long[] tokens;

    Mean(ReferenceTensors tensors) {
      classifier = new ReferenceLinear(tensors, "classifier");
    }

    @Override
    public double[] forward(double[][] states, long[] mask) {
      tokens = mask;
      double[] mean = new double[states[0].length];
      for (int t = 0; t < states.length; t++) {
        for (int i = 0; mask[t] == 1 && i < mean.length; i++) {
          mean[i] += states[t][i] / count(mask);
        }
      }
      return classifier.forward(new double[][] {mean})[0];
    }

    @Override
    public double[][] backward(double[] dLogits) {
      double[] dMean = classifier.backward(new double[][] {dLogits})[0];
      double[][] dStates = new double[tokens.length][dMean.length];
      for (int t = 0; t < tokens.length; t++) {
        for (int i = 0; tokens[t] == 1 && i < dMean.length; i++) {
          dStates[t][i] = dMean[i] / count(tokens);
        }
      }
      return dStates;
    }

    private static int count(long[] mask) {
      int count = 0;
      for (long token : mask) {
        count += token == 1 ? 1 : 0;
      }
      return count;
    }
  }
}
