package io.millrace.step;

import java.util.function.DoubleUnaryOperator;

/** One post-LN layer of BERT on one text {@code [T][H]}, with its derivative written out. */
final class ReferenceLayer {

  private final ReferenceAttention attention;
  private final ReferenceLinear projection;
  private final ReferenceLayerNorm attentionNorm;
  private final ReferenceLinear expansion;
  private final ReferenceLinear contraction;
  private final ReferenceLayerNorm outputNorm;
  private double[][] expanded;

  ReferenceLayer(ReferenceTensors tensors, String prefix, int heads, double epsilon) {
    attention = new ReferenceAttention(tensors, prefix + "attention.self.", heads);
    projection = new ReferenceLinear(tensors, prefix + "attention.output.dense");
    attentionNorm = new ReferenceLayerNorm(tensors, prefix + "attention.output.LayerNorm", epsilon);
    expansion = new ReferenceLinear(tensors, prefix + "intermediate.dense");
    contraction = new ReferenceLinear(tensors, prefix + "output.dense");
    outputNorm = new ReferenceLayerNorm(tensors, prefix + "output.LayerNorm", epsilon);
  }

  double[][] forward(double[][] x, long[] mask) {
    double[][] attended = projection.forward(attention.forward(x, mask));
    double[][] mixed = attentionNorm.forward(sum(attended, x));
    expanded = expansion.forward(mixed);
    double[][] fed = contraction.forward(map(expanded, ReferenceGelu::value));
    return outputNorm.forward(sum(fed, mixed));
  }

  double[][] backward(double[][] dy) {
    double[][] dOutput = outputNorm.backward(dy);
    double[][] dActivated = contraction.backward(dOutput);
    double[][] slopes = map(expanded, ReferenceGelu::derivative);
    double[][] dMixed = sum(expansion.backward(product(dActivated, slopes)), dOutput);
    double[][] dAttended = attentionNorm.backward(dMixed);
    return sum(attention.backward(projection.backward(dAttended)), dAttended);
  }

  static double[][] sum(double[][] one, double[][] other) {
    double[][] sum = new double[one.length][one[0].length];
    for (int t = 0; t < one.length; t++) {
      for (int i = 0; i < one[t].length; i++) {
        sum[t][i] = one[t][i] + other[t][i];
      }
    }
    return sum;
  }

  static double[][] product(double[][] one, double[][] other) {
    double[][] product = new double[one.length][one[0].length];
    for (int t = 0; t < one.length; t++) {
      for (int i = 0; i < one[t].length; i++) {
        product[t][i] = one[t][i] * other[t][i];
      }
    }
    return product;
  }

  static double[][] map(double[][] rows, DoubleUnaryOperator function) {
    double[][] mapped = new double[rows.length][rows[0].length];
    for (int t = 0; t < rows.length; t++) {
      for (int i = 0; i < rows[t].length; i++) {
        mapped[t][i] = function.applyAsDouble(rows[t][i]);
      }
    }
    return mapped;
  }
}
