package io.millrace.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import io.millrace.testing.OurClasses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Static initialisers run when a native executable is built, not when it starts. So none of ours
 * may load native code, nor keep what belongs to a machine, a process or a moment: the executable
 * would have the builder's for good.
 */
class StaticInitialisersTest {

  private static final JavaClasses CLASSES = OurClasses.ALL;

  private static final List<String> NATIVE =
      List.of("ai.djl.", "com.github.luben.zstd.", "org.xerial.snappy.", "java.lang.System.load");

  private static final List<String> OF_THE_PROCESS =
      List.of(
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.System.getProperties",
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Runtime.",
          "java.lang.ProcessHandle.",
          "java.lang.Thread.",
          "java.lang.management.",
          "java.net.InetAddress.",
          "java.nio.file.Files.",
          "java.security.SecureRandom.",
          "java.time.Clock.system",
          "java.time.Instant.now",
          "java.time.ZoneId.systemDefault",
          "java.util.Locale.getDefault",
          "java.util.Random.<init>",
          "java.util.UUID.randomUUID",
          "java.util.concurrent.Executors.",
          "org.eclipse.microprofile.config.");

  @Test
  void noneLoadsNativeCode() {
    assertThat(reaching(access -> NATIVE.stream().anyMatch(access::startsWith))).isEmpty();
  }

  @Test
  void noneKeepsWhatBelongsToAProcess() {
    assertThat(reaching(access -> OF_THE_PROCESS.stream().anyMatch(access::startsWith))).isEmpty();
  }

  @Test
  void theSearchFindsWhatIsReachedThroughMethodsOfOurs() {
    assertThat(reaching(access -> access.startsWith("com.fasterxml.jackson.")))
        .anyMatch(found -> found.startsWith("io.millrace.storage.Json "));
  }

  /** Classes whose initialiser comes to such an access, by methods of ours; and the access. */
  private static Set<String> reaching(Predicate<String> unwanted) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      Deque<JavaCodeUnit> open =
          type.getStaticInitializer().stream().collect(Collectors.toCollection(ArrayDeque::new));
      Set<JavaCodeUnit> seen = new HashSet<>(open);
      while (!open.isEmpty()) {
        for (JavaAccess<?> access : accesses(open.removeFirst())) {
          String target = access.getTargetOwner().getName() + "." + access.getTarget().getName();
          if (unwanted.test(target)) {
            found.add(type.getName() + " reaches " + target);
          }
          Stream.of(access.getTarget().resolveMember())
              .flatMap(Optional::stream)
              .filter(JavaCodeUnit.class::isInstance)
              .map(JavaCodeUnit.class::cast)
              .filter(unit -> unit.getOwner().getName().startsWith("io.millrace."))
              .filter(seen::add)
              .forEach(open::add);
        }
      }
    }
    return found;
  }

  /** Those that are made when it runs: a lambda or a method reference in it runs later. */
  private static List<JavaAccess<?>> accesses(JavaCodeUnit unit) {
    return unit.getAccessesFromSelf().stream()
        .filter(access -> !access.isDeclaredInLambda())
        .<JavaAccess<?>>map(access -> access)
        .toList();
  }
}
