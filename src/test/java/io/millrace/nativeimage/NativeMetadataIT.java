package io.millrace.nativeimage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.OurClasses;
import io.smallrye.config.ConfigMapping;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * A native executable has only what its build was told of. Here what the code needs is found in the
 * code, and held against all that a native build is given: nothing is listed by hand, and what is
 * missing is named.
 */
@OneAtATime
class NativeMetadataIT {

  private static final String[] ALL = {
    "allDeclaredConstructors", "allDeclaredMethods", "allDeclaredFields"
  };
  private static final String OURS =
      "META-INF/native-image/io.millrace/millrace/reachability-metadata.json";

  /** Load native code, but for nothing that is done natively, or do without where it is missing. */
  private static final List<String> OTHERWISE =
      List.of(
          "com.aayushatharva.brotli4j.", // of Netty, which is not told to compress by it
          "com.sun.jna.", // finds CUDA: natively there is only the CPU
          "io.netty.", // Quarkus sees to it
          "io.quarkus.",
          "org.jline.", // a terminal's, for shells that we do not have
          "net.jpountz."); // lz4 is done in Java; CompressionCheck says at the start if it is not

  private static final JavaClasses CLASSES = OurClasses.ALL;

  private static NativeSources given;

  @BeforeAll
  static void read() throws IOException {
    given = NativeSources.read();
  }

  @Test
  void whatIsWrittenAsJsonOrReadFromItMayBeReflectedOn() {
    // Given
    JsonTypes json = new JsonTypes();

    // Then
    assertThat(json.unclear()).as("calls that do not tell the type of what they write").isEmpty();
    assertThat(json.reached()).hasSizeGreaterThan(50);
    assertThat(given.lackingExactly(json.reached(), ALL)).as("to be added to %s", OURS).isEmpty();
  }

  @Test
  void noAnnotationNamesAClassThatJacksonMakes() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(JsonSerialize.class, JsonDeserialize.class, JsonTypeIdResolver.class)
        .because("the search for what is to be registered does not follow them")
        .check(CLASSES);
  }

  @Test
  void whatTheRestInterfaceTakesAndAnswersMayBeReflectedOn() {
    // Given
    List<Type> types = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (Method method : type.reflect().getDeclaredMethods()) {
        if (Arrays.stream(method.getAnnotations())
            .anyMatch(one -> one.annotationType().isAnnotationPresent(HttpMethod.class))) {
          types.add(method.getGenericReturnType());
          types.addAll(List.of(method.getGenericParameterTypes()));
        }
      }
    }

    // Then
    assertThat(Reached.from(types)).hasSizeGreaterThan(20);
    assertThat(given.lackingExactly(Reached.from(types), ALL))
        .as("to be added to %s", OURS)
        .isEmpty();
  }

  @Test
  void commandsAndTheirOptionsMayBeReflectedOn() {
    // Given
    Set<String> commands =
        CLASSES.stream()
            .filter(
                type ->
                    type.isAnnotatedWith(CommandLine.Command.class)
                        || type.getFields().stream()
                            .anyMatch(
                                field ->
                                    field.getAnnotations().stream()
                                        .anyMatch(
                                            one ->
                                                one.getRawType()
                                                    .getPackageName()
                                                    .startsWith("picocli"))))
            .map(JavaClass::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    // Then
    assertThat(commands).hasSizeGreaterThan(4);
    assertThat(given.lacking(commands, ALL)).isEmpty();
  }

  @Test
  void settingsMayBeReflectedOnForTheirRules() {
    // Given
    Set<String> mappings =
        CLASSES.stream()
            .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
            .map(JavaClass::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    // Then
    assertThat(mappings).hasSizeGreaterThan(15);
    assertThat(given.lacking(mappings, "allDeclaredMethods")).isEmpty();
  }

  @Test
  void classesThatSettingsNameMayBeMade() throws IOException {
    // Given
    Properties settings = new Properties();
    try (InputStream in = resource("application.properties").openStream()) {
      settings.load(in);
    }
    Set<String> named =
        settings.values().stream()
            .map(Object::toString)
            .filter(value -> value.matches("[a-z]+(\\.[a-z]+)+\\.[A-Z]\\w+"))
            .collect(Collectors.toCollection(TreeSet::new));

    // Then
    assertThat(named).isNotEmpty();
    assertThat(given.lacking(named, "allDeclaredConstructors")).isEmpty();
  }

  @Test
  void classesThatCaffeineGeneratesForOurCachesMayBeMade() throws Exception {
    assertThat(given.lacking(Caches.generated(CLASSES), "allDeclaredConstructors"))
        .as("to be added to %s", OURS)
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "META-INF/services/ai.djl.engine.EngineProvider",
        "META-INF/services/io.millrace.model.arch.ArchitectureProvider"
      })
  void servicesCanBeFoundAndMade(String service) throws IOException {
    // Given
    Set<String> providers = new TreeSet<>();
    for (URL file :
        Collections.list(NativeMetadataIT.class.getClassLoader().getResources(service))) {
      try (InputStream in = file.openStream()) {
        new String(in.readAllBytes(), UTF_8).lines().map(String::strip).forEach(providers::add);
      }
    }
    providers.removeIf(provider -> provider.startsWith("org.example.")); // of tests alone

    // Then
    assertThat(providers).isNotEmpty();
    assertThat(given.hasResource(service)).isTrue();
    assertThat(given.lacking(providers, "allDeclaredConstructors"))
        .as("to be added to %s", OURS)
        .isEmpty();
  }

  @Test
  void whatMetadataThatIsLeftOutSaysOfInitialisationIsSaidByOurs() {
    // Given
    List<String> said =
        given.excluded().values().stream()
            .flatMap(text -> NativeSources.named(text).stream())
            .toList();

    // Then
    assertThat(said).isNotEmpty().allMatch(given::isInitialisedAtRunTime);
  }

  @Test
  void whatLoadsNativeCodeIsInitialisedWhenTheExecutableRuns() throws IOException {
    // Given
    Set<String> loading = new TreeSet<>();
    for (Path library : NativeSources.libraries()) {
      loading.addAll(NativeLibraries.classesThatLoad(library));
    }

    // Then
    assertThat(loading)
        .anyMatch(type -> type.startsWith("org.xerial.snappy."))
        .filteredOn(type -> OTHERWISE.stream().noneMatch(type::startsWith))
        .allMatch(given::isInitialisedAtRunTime);
  }

  @Test
  void resourcesAreInTheExecutable() throws IOException {
    // Given
    Path folder = Bytecode.folder();
    List<String> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files =
          walk.filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .filter(file -> !file.endsWith(".class") && !file.startsWith("META-INF/"))
              .filter(file -> !file.endsWith("README.md"))
              .toList();
    }

    // Then
    assertThat(files).hasSizeGreaterThan(5);
    assertThat(files).allMatch(given::hasResource);
  }

  @Test
  void nativeCodeFindsTheClassesThatItNames() throws IOException {
    Set<String> named = NativeLibraries.classesNamed();
    assertThat(named).contains("java.lang.String");
    assertThat(named).allSatisfy(name -> assertThat(given.jni()).containsKey(name));
  }

  @Test
  void nativeCodeOfTheCompressionsFindsTheFieldsAndMethodsThatItNames() throws IOException {
    // Given
    Map<String, Set<String>> named = new TreeMap<>();
    named.putAll(
        NativeLibraries.membersNamed(
            NativeSources.library("zstd-jni"), Pattern.compile("linux/amd64/.*\\.so")));
    named.putAll(
        NativeLibraries.membersNamed(
            NativeSources.library("snappy-java"),
            Pattern.compile("org/xerial/snappy/native/Linux/x86_64/.*\\.so")));

    // Then
    assertThat(named).hasSizeGreaterThan(3);
    assertThat(named)
        .allSatisfy(
            (type, members) ->
                assertThat(given.jni().getOrDefault(type, Set.of()))
                    .as(type + ", to be added to " + OURS)
                    .containsAll(members));
  }

  @Test
  void nativeCodeOfTheCompressionsIsInTheExecutable() throws IOException {
    try (JarFile zstd = new JarFile(NativeSources.library("zstd-jni").toFile());
        JarFile snappy = new JarFile(NativeSources.library("snappy-java").toFile())) {
      assertThat(Stream.concat(zstd.stream(), snappy.stream()).map(JarEntry::getName))
          .filteredOn(name -> name.matches("(linux/amd64|.*/Linux/x86_64)/.*\\.so"))
          .hasSize(2)
          .allMatch(given::hasResource);
    }
  }

  @Test
  void whatIsRegisteredExists() {
    Stream.concat(given.reflection().keySet().stream(), given.jni().keySet().stream())
        .filter(name -> name.startsWith("io.millrace.") && !name.contains("$$"))
        .filter(name -> !name.matches(".*\\$[0-9a-f]{40}")) // the build has made it
        .forEach(name -> assertThat(Bytecode.load(name)).as(name).isNotNull());
  }

  private static URL resource(String name) {
    return NativeMetadataIT.class.getClassLoader().getResource(name);
  }
}
