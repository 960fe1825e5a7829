package io.millrace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.millrace.testing.OurClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The layout: floors of packages, and how large packages and classes may be. A package imports
 * lower floors only, and those on its own floor that its line names with an arrow.
 */
class HouseTest {

  private static final JavaClasses CLASSES = OurClasses.ALL;
  private static final Path ROOT = Path.of("src/main/java/io/millrace");
  private static final String PREFIX = "io.millrace.";
  private static final int MOST_CLASSES = 20;
  private static final int MOST_LINES = 400;
  private static final int MEDIAN_LINES = 80;

  private static final String FLOORS =
      """
      1: example, problem, storage, time, fault → problem, tokenize → example
      1: torch.file, torch → torch.file
      2: model.block, model.arch → model.block, model → model.block model.arch
      3: score, drift, input
      4: gate, task → gate, task.label → gate task, stray
      5: optim, replay → optim, step → optim
      5: heldout, version, identity, checkpoint, journal → checkpoint
      6: config, export, control, event → control
      7: intake, learner → intake
      8: commit, report
      8: serving.model, serving → serving.model, serving.replica → serving serving.model
      9: owner, lineage, promotion, publishing → promotion
      10: run
      11: rebuild, backtest, backtest.report → backtest
      12: s3, demo
      12: kafka, kafka.input → kafka, kafka.commit → kafka, kafka.follow → kafka
      12: kafka.archive → kafka kafka.input, kafka.health → kafka kafka.input kafka.follow
      12: web.problem, web.health, web.security → web.problem, web → web.problem
      12: web.limits → web.problem web.security, web.history → web.problem
      12: web.version → web.problem, web.live → web.history web.problem, web.meter → web.live
      12: web.command → web.problem web.history web.limits
      13: cli.settings, cli → cli.settings
      """;

  private final Map<String, Place> places = places();

  @Test
  void aPackageImportsLowerFloorsAndTheNeighboursThatItNames() {
    List<String> wrong =
        CLASSES.stream()
            .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
            .filter(HouseTest::isBetweenOurPackages)
            .filter(dependency -> !mayImport(dependency))
            .map(Dependency::getDescription)
            .distinct()
            .toList();

    assertThat(wrong).isEmpty();
  }

  /** Arrows are the one way to a circle: each points to a package that stands before it. */
  @Test
  void arrowsPointToNeighboursThatAreNamedBefore() {
    places.forEach(
        (name, place) ->
            assertThat(place.neighbours())
                .as("neighbours of %s", name)
                .allSatisfy(
                    neighbour -> {
                      assertThat(places).containsKey(neighbour);
                      assertThat(places.get(neighbour).floor()).isEqualTo(place.floor());
                      assertThat(places.get(neighbour).order()).isLessThan(place.order());
                    }));
  }

  @Test
  void everyPackageHasAFloorAndSaysWhatItIs() throws IOException {
    assertThat(sizes().keySet()).containsExactlyInAnyOrderElementsOf(places.keySet());
    places.forEach(
        (name, place) ->
            assertThat(ROOT.resolve(name.replace('.', '/')).resolve("package-info.java"))
                .content()
                .contains("<p>Floor " + place.floor() + ".\n"));
  }

  @Test
  void noPackageIsLarge() throws IOException {
    Map<String, Long> large = new TreeMap<>(sizes());
    large.values().removeIf(size -> size <= MOST_CLASSES);

    assertThat(large).isEmpty();
  }

  @Test
  void noClassIsLongAndMostAreShort() throws IOException {
    Map<Path, Integer> lines = new HashMap<>();
    for (Path file : sources()) {
      // Imports count packages, not what a reader has to take in.
      lines.put(
          file,
          (int)
              Files.readAllLines(file).stream()
                  .filter(line -> !line.startsWith("import "))
                  .count());
    }

    Map<Path, Integer> tooLong = new HashMap<>(lines);
    tooLong.values().removeIf(length -> length <= MOST_LINES);
    assertThat(tooLong).isEmpty();
    List<Integer> sorted = lines.values().stream().sorted().toList();
    assertThat(sorted.get(sorted.size() / 2)).isLessThanOrEqualTo(MEDIAN_LINES);
  }

  @Test
  void onlyKafkaKnowsMessagingOnlyS3TheSdkAndOnlyTheCoreTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.millrace.kafka..", "io.millrace.fault", "io.millrace.demo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.smallrye.reactive.messaging..",
            "org.eclipse.microprofile.reactive..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.millrace.s3")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.millrace.example",
            "io.millrace.input",
            "io.millrace.score",
            "io.millrace.drift",
            "io.millrace.gate",
            "io.millrace.heldout",
            "io.millrace.version",
            "io.millrace.checkpoint",
            "io.millrace.journal",
            "io.millrace.kafka..",
            "io.millrace.web..",
            "io.millrace.demo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(CLASSES);
  }

  private boolean mayImport(Dependency dependency) {
    Place from = places.get(name(dependency.getOriginClass()));
    String target = name(dependency.getTargetClass());
    Place to = places.get(target);
    return from != null
        && to != null
        && (to.floor() < from.floor() || from.neighbours().contains(target));
  }

  private static boolean isBetweenOurPackages(Dependency dependency) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    return target.getPackageName().startsWith(PREFIX)
        && !target.getPackageName().equals(dependency.getOriginClass().getPackageName());
  }

  private static String name(JavaClass type) {
    return type.getBaseComponentType().getPackageName().substring(PREFIX.length());
  }

  private static Map<String, Long> sizes() throws IOException {
    return sources().stream()
        .collect(
            Collectors.groupingBy(
                file -> ROOT.relativize(file.getParent()).toString().replace('/', '.'),
                Collectors.counting()));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
          .toList();
    }
  }

  private static Map<String, Place> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    for (String line : FLOORS.lines().toList()) {
      int floor = Integer.parseInt(line.substring(0, line.indexOf(':')));
      for (String one : line.substring(line.indexOf(':') + 1).split(",")) {
        String[] parts = one.split("→");
        Set<String> neighbours =
            parts.length == 1
                ? Set.of()
                : Arrays.stream(parts[1].strip().split(" ")).collect(Collectors.toSet());
        places.put(parts[0].strip(), new Place(floor, places.size(), neighbours));
      }
    }
    return places;
  }

  /**
   * Where a package stands.
   *
   * @param order of its name in the table
   */
  private record Place(int floor, int order, Set<String> neighbours) {}
}
