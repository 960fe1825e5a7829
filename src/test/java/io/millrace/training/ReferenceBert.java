package io.millrace.training;

import io.millrace.model.ModelConfig;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code BertForSequenceClassification} from its paper and Hugging Face's description, in double
 * precision and plain loops, one text at a time: no padding, no batch, no library. Gradients are
 * central differences of the loss. It shares nothing with the production code but names.
 */
final class ReferenceBert {

  private static final double STEP = 1e-5;

  private final ModelConfig config;
  private final Map<String, double[]> weights = new LinkedHashMap<>();

  ReferenceBert(ModelConfig config, Map<String, HostTensor> start) {
    this.config = config;
    start.forEach(
        (name, tensor) -> {
          double[] values = new double[tensor.data().length];
          for (int i = 0; i < values.length; i++) {
            values[i] = tensor.data()[i];
          }
          weights.put(name, values);
        });
  }

  Map<String, double[]> weights() {
    return weights;
  }

  /** Weighted mean cross-entropy, {@code sum(w * ce) / sum(w)}. */
  double loss(List<TokenizedExample> examples) {
    double sum = 0;
    double total = 0;
    for (TokenizedExample example : examples) {
      double[] logits = logits(example.text().ids(), example.text().typeIds());
      double largest = Double.NEGATIVE_INFINITY;
      for (double logit : logits) {
        largest = Math.max(largest, logit);
      }
      double normaliser = 0;
      for (double logit : logits) {
        normaliser += Math.exp(logit - largest);
      }
      sum += example.weight() * (largest + Math.log(normaliser) - logits[example.label()]);
      total += example.weight();
    }
    return sum / total;
  }

  /** By every weight: (loss(w + h) - loss(w - h)) / 2h. */
  Map<String, double[]> gradients(List<TokenizedExample> examples) {
    Map<String, double[]> gradients = new LinkedHashMap<>();
    weights.forEach(
        (name, values) -> {
          double[] gradient = new double[values.length];
          for (int i = 0; i < values.length; i++) {
            double before = values[i];
            values[i] = before + STEP;
            double above = loss(examples);
            values[i] = before - STEP;
            double below = loss(examples);
            values[i] = before;
            gradient[i] = (above - below) / (2 * STEP);
          }
          gradients.put(name, gradient);
        });
    return gradients;
  }

  double[] logits(int[] ids, int[] types) {
    int width = config.hiddenSize();
    double[][] hidden = new double[ids.length][width];
    for (int t = 0; t < ids.length; t++) {
      for (int h = 0; h < width; h++) {
        hidden[t][h] =
            embedding("word", ids[t], h)
                + embedding("token_type", types[t], h)
                + embedding("position", t, h);
      }
    }
    hidden = normed(hidden, "bert.embeddings.LayerNorm");
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      hidden = layer(hidden, "bert.encoder.layer." + layer + ".");
    }
    double[] pooled = linear(new double[][] {hidden[0]}, "bert.pooler.dense")[0];
    for (int h = 0; h < width; h++) {
      pooled[h] = Math.tanh(pooled[h]);
    }
    return linear(new double[][] {pooled}, "classifier")[0];
  }

  private double embedding(String kind, int row, int column) {
    return weights
        .get("bert.embeddings." + kind + "_embeddings.weight")[row * config.hiddenSize() + column];
  }

  private double[][] layer(double[][] x, String prefix) {
    double[][] attended = linear(attention(x, prefix), prefix + "attention.output.dense");
    double[][] mixed = normed(sum(attended, x), prefix + "attention.output.LayerNorm");
    double[][] expanded = linear(mixed, prefix + "intermediate.dense");
    for (double[] row : expanded) {
      for (int i = 0; i < row.length; i++) {
        row[i] = row[i] * 0.5 * (1 + erf(row[i] / Math.sqrt(2)));
      }
    }
    return normed(
        sum(linear(expanded, prefix + "output.dense"), mixed), prefix + "output.LayerNorm");
  }

  private double[][] attention(double[][] x, String prefix) {
    double[][] query = linear(x, prefix + "attention.self.query");
    double[][] key = linear(x, prefix + "attention.self.key");
    double[][] value = linear(x, prefix + "attention.self.value");
    int tokens = x.length;
    int size = config.hiddenSize() / config.numAttentionHeads();
    double[][] result = new double[tokens][config.hiddenSize()];
    for (int head = 0; head < config.numAttentionHeads(); head++) {
      for (int t = 0; t < tokens; t++) {
        double[] share = new double[tokens];
        double total = 0;
        for (int s = 0; s < tokens; s++) {
          double score = 0;
          for (int i = head * size; i < (head + 1) * size; i++) {
            score += query[t][i] * key[s][i];
          }
          share[s] = Math.exp(score / Math.sqrt(size));
          total += share[s];
        }
        for (int i = head * size; i < (head + 1) * size; i++) {
          for (int s = 0; s < tokens; s++) {
            result[t][i] += share[s] / total * value[s][i];
          }
        }
      }
    }
    return result;
  }

  private double[][] linear(double[][] x, String name) {
    double[] weight = weights.get(name + ".weight");
    double[] bias = weights.get(name + ".bias");
    int in = x[0].length;
    double[][] result = new double[x.length][bias.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < bias.length; o++) {
        result[t][o] = bias[o];
        for (int i = 0; i < in; i++) {
          result[t][o] += weight[o * in + i] * x[t][i];
        }
      }
    }
    return result;
  }

  private double[][] normed(double[][] x, String name) {
    double[] weight = weights.get(name + ".weight");
    double[] bias = weights.get(name + ".bias");
    int width = weight.length;
    double[][] result = new double[x.length][width];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double v : x[t]) {
        mean += v / width;
      }
      double variance = 0;
      for (double v : x[t]) {
        variance += (v - mean) * (v - mean) / width;
      }
      for (int h = 0; h < width; h++) {
        result[t][h] =
            (x[t][h] - mean) / Math.sqrt(variance + config.layerNormEps()) * weight[h] + bias[h];
      }
    }
    return result;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] result = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int h = 0; h < a[0].length; h++) {
        result[t][h] = a[t][h] + b[t][h];
      }
    }
    return result;
  }

  /** By its Taylor series, which converges everywhere; the arguments here are small. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200 && Math.abs(term) > 1e-18; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
