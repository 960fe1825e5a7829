package io.millrace.model.block;

/**
 * The parameters of a model, asked for by name while it runs. The first architecture that asks for
 * one declares it: its shape follows from what it is applied to, its {@linkplain ParameterSpec
 * properties} from the method and from the {@linkplain #at place}.
 *
 * <p>The order in which an architecture asks is the order of its file.
 *
 * @param <T> what stands for an array
 */
public interface Weights<T> {

  /**
   * Parameters of the body at a depth: 0 for the embeddings, 1 for the lowest layer, and so on. A
   * base must have them.
   */
  Weights<T> at(int depth);

  /** Parameters above the body, at a depth of their own. Where a base lacks them they are fresh. */
  Weights<T> head(int depth);

  /**
   * The batch's tokens, looked up in the table of words. Architectures never see that table or the
   * ids: a step may read a few of its rows in place of the whole.
   *
   * @param name of the table {@code [vocabulary, width]}
   * @return {@code [B, T, width]}
   */
  T words(String name, long vocabulary, long width);

  /**
   * Rows of another table.
   *
   * @param name of the table {@code [size, width]}
   * @param rows {@code [...]} int64, below {@code size}
   * @return {@code [..., width]}
   */
  T lookUp(String name, T rows, long size, long width);

  /**
   * An affine map.
   *
   * @param name of its {@code weight} {@code [out, in]} and {@code bias} {@code [out]}
   * @param rows {@code [N, in]}
   * @return {@code [N, out]}
   */
  T linear(String name, T rows, long out);

  /**
   * A layer normalisation over the last dimension.
   *
   * @param name of its {@code weight} and {@code bias}, which do not decay
   */
  T layerNorm(String name, T hidden, double epsilon);

  /**
   * The affine map that the answer comes from, with a row for each output. Never taken from a base:
   * there the rows mean something else.
   *
   * @param rows {@code [N, in]}
   * @return {@code [N, outputs]}
   */
  T outputs(String name, T rows, long outputs);
}
