package io.millrace.documents;

import com.tngtech.archunit.core.domain.JavaClass;
import io.millrace.testing.OurClasses;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The page {@code reference/packages.md}: the first sentence of each {@code package-info.java}, and
 * what the package imports.
 */
final class PackagesPage {

  private static final String OURS = "io.millrace";

  private static final String HEAD =
      """
      # Packages

      <!-- Generated from the package-info.java of each package, and from what its classes import. Change it there, then run:
           %s -->

      Packages of `io.millrace`, under `src/main/java/io/millrace`. `HouseTest` holds who may import whom; the last
      column is who does. [Architecture](../explanation/architecture.md) says how they work together.

      | package | what lives here | imports |
      |---|---|---|
      """;

  private PackagesPage() {}

  /** The page as it must be. */
  static String text() throws IOException {
    Map<String, TreeSet<String>> imports = new TreeMap<>();
    for (JavaClass type : OurClasses.ALL) {
      TreeSet<String> of = imports.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName())
          .filter(name -> name.startsWith(OURS) && !name.equals(type.getPackageName()))
          .forEach(of::add);
    }
    return HEAD.formatted(GeneratedPagesTest.COMMAND)
        + Sources.of(file -> file.endsWith("package-info.java")).packages().stream()
            .sorted(Comparator.comparing(Sources.PackageDoc::name))
            .map(
                documented ->
                    "| `%s` | %s | %s |\n"
                        .formatted(
                            shortName(documented.name()),
                            firstParagraph(documented),
                            imports.getOrDefault(documented.name(), new TreeSet<>()).stream()
                                .map(name -> "`" + shortName(name) + "`")
                                .collect(Collectors.joining(" "))))
            .collect(Collectors.joining());
  }

  private static String firstParagraph(Sources.PackageDoc documented) {
    return DocComments.paragraphs(
            documented.doc().getFullBody(),
            reference -> reference.substring(reference.lastIndexOf('.') + 1))
        .get(0)
        .replace("|", "\\|");
  }

  private static String shortName(String name) {
    return name.substring(Math.min(name.length(), OURS.length() + 1));
  }
}
