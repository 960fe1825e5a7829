package io.millrace.model.arch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The architectures on the class path, by the {@code model_type} of their {@code config.json}. */
public final class Architectures {

  private static final String TYPE = "model_type";
  private static final Map<String, ArchitectureProvider> PROVIDERS = providers();

  private Architectures() {}

  private static Map<String, ArchitectureProvider> providers() {
    Map<String, ArchitectureProvider> providers = new TreeMap<>();
    // Our own class loader: that of a thread may be anyone's.
    ClassLoader loader = Architectures.class.getClassLoader();
    for (ArchitectureProvider provider : ServiceLoader.load(ArchitectureProvider.class, loader)) {
      ArchitectureProvider other = providers.putIfAbsent(provider.modelType(), provider);
      if (other != null) {
        throw new IllegalStateException(
            "%s and %s both read models of the type %s"
                .formatted(
                    other.getClass().getName(),
                    provider.getClass().getName(),
                    provider.modelType()));
      }
    }
    return Collections.unmodifiableMap(providers);
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws BaseModelException naming the file; where no provider reads its type also the types
   *     that are known, else the field and the rule
   */
  public static Architecture read(Path file) {
    try {
      return parse(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new BaseModelException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * As above.
   *
   * @param file for messages
   */
  public static Architecture parse(byte[] json, String file) {
    ConfigFile config = ConfigFile.parse(json, file);
    ArchitectureProvider provider = PROVIDERS.get(config.root().path(TYPE).asText());
    if (provider == null) {
      throw new BaseModelException(
          "%s: \"%s\" is %s, only %s is supported"
              .formatted(file, TYPE, config.shown(TYPE), known()));
    }
    return provider.read(config);
  }

  private static String known() {
    return PROVIDERS.keySet().stream()
        .map(type -> '"' + type + '"')
        .collect(Collectors.joining(" or "));
  }
}
