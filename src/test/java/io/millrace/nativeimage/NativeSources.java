package io.millrace.nativeimage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a native build is given: its arguments, and from all jars what may be reflected on, called
 * from native code and read as a resource.
 *
 * @param arguments in order
 * @param reflection what is registered of each type, by the names of the metadata's fields
 * @param exact the types among them of which that stands in the format of
 *     reachability-metadata.json
 * @param jni the same as {@code reflection} for native code
 * @param resources regular expressions of whole paths
 * @param excluded files of metadata that are in a jar, and that an argument excludes
 */
record NativeSources(
    List<String> arguments,
    Map<String, Set<String>> reflection,
    Set<String> exact,
    Map<String, Set<String>> jni,
    List<Pattern> resources,
    Map<String, String> excluded) {

  private static final Path FOLDER = Path.of("target", "native-sources");
  private static final String RUN_TIME = "--initialize-at-run-time=";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those that {@code quarkus.native.sources-only} has written. */
  static NativeSources read() throws IOException {
    List<String> arguments =
        Arrays.asList(Files.readString(FOLDER.resolve("native-image.args")).strip().split("\\s+"));
    NativeSources all =
        new NativeSources(
            arguments,
            new HashMap<>(),
            new HashSet<>(),
            new HashMap<>(),
            new ArrayList<>(),
            new HashMap<>());
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        all.add(jar);
      }
    }
    return all;
  }

  private void add(Path jar) throws IOException {
    try (JarFile open = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(open.entries())) {
        String name = entry.getName();
        if (name.startsWith("META-INF/native-image/") && !entry.isDirectory()) {
          try (InputStream in = open.getInputStream(entry)) {
            byte[] content = in.readAllBytes();
            if (isExcluded(jar.getFileName().toString(), name)) {
              excluded.put(name, new String(content, UTF_8));
            } else if (name.endsWith(".json")) {
              add(name.substring(name.lastIndexOf('/') + 1), JSON.readTree(content));
            }
          }
        }
      }
    }
  }

  private boolean isExcluded(String jar, String file) {
    for (int i = 0; i < arguments.size() - 2; i++) {
      if (arguments.get(i).equals("--exclude-config")
          && Pattern.compile(arguments.get(i + 1)).matcher(jar).find()
          && Pattern.compile(arguments.get(i + 2)).matcher("/" + file).find()) {
        return true;
      }
    }
    return false;
  }

  private void add(String file, JsonNode json) {
    switch (file) {
      case "reflect-config.json" -> json.forEach(entry -> add(entry, entry.path("name"), false));
      case "jni-config.json" -> json.forEach(entry -> add(entry, entry.path("name"), true));
      case "reachability-metadata.json" ->
          json.path("reflection")
              .forEach(
                  entry -> {
                    exact.add(entry.path("type").asText());
                    add(entry, entry.path("type"), entry.path("jniAccessible").asBoolean());
                  });
      case "resource-config.json" ->
          json.path("resources")
              .path("includes")
              .forEach(entry -> resources.add(Pattern.compile(entry.path("pattern").asText())));
      default -> {} // proxies, serialization: nothing of ours needs any
    }
  }

  private void add(JsonNode entry, JsonNode type, boolean ofJni) {
    Set<String> flags =
        (ofJni ? jni : reflection).computeIfAbsent(type.asText(), unused -> new HashSet<>());
    entry
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().asBoolean()) {
                flags.add(field.getKey());
              } else if (field.getValue().isArray()) { // fields and methods
                field.getValue().forEach(member -> flags.add(member.path("name").asText()));
              }
            });
  }

  /** Types that lack one of the flags. */
  List<String> lacking(Set<String> types, String... flags) {
    return types.stream()
        .filter(type -> !reflection.getOrDefault(type, Set.of()).containsAll(Arrays.asList(flags)))
        .sorted()
        .toList();
  }

  /**
   * Types that lack one of the flags where that counts. Under {@code
   * --exact-reachability-metadata}, which releases to come make the default, an older format does
   * not: Jackson then writes such a record as {@code {}}, and says nothing.
   */
  List<String> lackingExactly(Set<String> types, String... flags) {
    Set<String> lacking = new TreeSet<>(types);
    lacking.removeIf(exact::contains);
    lacking.addAll(lacking(types, flags));
    return List.copyOf(lacking);
  }

  /** Whether a class is initialised when the executable runs, by an argument. */
  boolean isInitialisedAtRunTime(String type) {
    return named(String.join(" ", arguments)).stream()
        .anyMatch(prefix -> (type + ".").startsWith(prefix + "."));
  }

  /** The classes and packages that the arguments in a text initialise at run time. */
  static List<String> named(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(word -> word.startsWith(RUN_TIME))
        .flatMap(word -> Arrays.stream(word.substring(RUN_TIME.length()).split(",")))
        .toList();
  }

  /** The libraries that are linked. */
  static List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve("lib"))) {
      return files.sorted().toList();
    }
  }

  /** The one whose file name has the text. */
  static Path library(String text) throws IOException {
    return libraries().stream()
        .filter(file -> file.getFileName().toString().contains(text))
        .findFirst()
        .orElseThrow();
  }

  boolean hasResource(String path) {
    return resources.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }
}
