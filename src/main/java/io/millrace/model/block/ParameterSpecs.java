package io.millrace.model.block;

import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** The parameters of an architecture, in the order of its file. */
public final class ParameterSpecs {

  private final Map<String, ParameterSpec> byName;

  private ParameterSpecs(Map<String, ParameterSpec> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /**
   * Finds parameters by running a model once on shapes.
   *
   * @param model asks for all its parameters
   * @param aliases names that a base's file may have a parameter under besides its own
   * @throws IllegalArgumentException where a parameter is asked for in two ways
   */
  public static ParameterSpecs declared(
      Consumer<DeclaringWeights> model, Function<String, List<String>> aliases) {
    DeclaringWeights weights = new DeclaringWeights();
    model.accept(weights);
    Map<String, ParameterSpec> specs = new LinkedHashMap<>();
    weights.declared().forEach((name, spec) -> specs.put(name, spec.named(aliases.apply(name))));
    return new ParameterSpecs(specs);
  }

  /** These, and those of others that are not among them. */
  public ParameterSpecs and(ParameterSpecs others) {
    Map<String, ParameterSpec> both = new LinkedHashMap<>(byName);
    others.byName.forEach(both::putIfAbsent);
    return new ParameterSpecs(both);
  }

  public Collection<ParameterSpec> all() {
    return byName.values();
  }

  public Set<String> names() {
    return byName.keySet();
  }

  /** Empty where the architecture has none of that name. */
  public Optional<ParameterSpec> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The table of words; empty where there is none. */
  public Optional<ParameterSpec> words() {
    return with(Role.WORDS).stream().findFirst();
  }

  public List<ParameterSpec> with(Role role) {
    return all().stream().filter(spec -> spec.role() == role).toList();
  }

  /** The number of layers between embeddings and head. */
  public int layers() {
    return all().stream()
        .filter(spec -> !spec.role().isHead())
        .mapToInt(ParameterSpec::depth)
        .max()
        .orElse(0);
  }

  /**
   * Checks names and shapes; others among the weights do not matter.
   *
   * @throws IllegalArgumentException naming the first tensor that is missing or of another shape,
   *     with expected and found shape
   */
  public void check(Map<String, HostTensor> weights) {
    all().forEach(spec -> check(spec, weights.get(spec.name())));
  }

  /**
   * Checks the shape of one.
   *
   * @param found null where it is missing
   */
  public static void check(ParameterSpec spec, HostTensor found) {
    String expected = Arrays.toString(spec.shape());
    if (found == null) {
      throw new IllegalArgumentException(
          "tensor %s is missing, expected shape %s".formatted(spec.name(), expected));
    }
    if (!Arrays.equals(found.shape(), spec.shape())) {
      throw new IllegalArgumentException(
          "tensor %s has shape %s, expected %s"
              .formatted(spec.name(), Arrays.toString(found.shape()), expected));
    }
  }

  /**
   * @throws IllegalArgumentException naming the first tensor with a value that is not finite: one
   *     is enough to make every loss so
   */
  public static void checkFinite(Map<String, HostTensor> weights) {
    weights.forEach(
        (name, tensor) -> {
          float[] data = tensor.data();
          for (int i = 0; i < data.length; i++) {
            if (!Float.isFinite(data[i])) {
              throw new IllegalArgumentException(
                  "tensor %s has the value %s at %d of %d, expected finite values"
                      .formatted(name, data[i], i, data.length));
            }
          }
        });
  }
}
