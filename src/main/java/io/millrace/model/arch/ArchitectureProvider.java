package io.millrace.model.arch;

/**
 * Reads the {@code config.json} of one family of models. Found by {@link java.util.ServiceLoader}:
 * a jar on the class path adds an architecture by a provider with a public constructor without
 * parameters, named in {@code META-INF/services/io.millrace.model.arch.ArchitectureProvider}.
 */
public interface ArchitectureProvider {

  /** The {@code model_type} that it reads. */
  String modelType();

  /**
   * Reads a config of that type.
   *
   * @throws BaseModelException naming the file, the field and the rule where this is no model that
   *     the architecture computes to the letter
   */
  Architecture read(ConfigFile config);
}
