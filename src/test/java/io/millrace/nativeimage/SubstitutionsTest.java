package io.millrace.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.tngtech.archunit.core.domain.JavaClass;
import io.millrace.testing.OurClasses;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import software.amazon.awssdk.checksums.SdkChecksum;

/**
 * A native build links all that may be reached. It stops at a class that is not there, and at a
 * substitution whose target is gone: here both are found without one.
 */
class SubstitutionsTest {

  /** Of aws-crt, which is optional. */
  private static final String MISSING = "software/amazon/awssdk/crt/";

  private static final List<Class<?>> SUBSTITUTIONS =
      OurClasses.ALL.stream()
          .filter(type -> type.isAnnotatedWith(TargetClass.class))
          .<Class<?>>map(JavaClass::reflect)
          .toList();

  @Test
  void eachMethodThatIsReplacedIsInItsLibraryAsItIsReplaced() throws Exception {
    for (Class<?> substitution : SUBSTITUTIONS) {
      Class<?> target = Class.forName(target(substitution));
      for (Method method : substitution.getDeclaredMethods()) {
        assertThat(method.isAnnotationPresent(Substitute.class)).isTrue();
        Method replaced = target.getDeclaredMethod(method.getName(), method.getParameterTypes());
        assertThat(replaced.getReturnType()).isEqualTo(method.getReturnType());
        assertThat(replaced.getModifiers()).isEqualTo(method.getModifiers());
      }
    }
  }

  @Test
  void eachMethodThatNeedsWhatIsNotThereIsReplaced() throws Exception {
    // Given all of the library's methods by what they make and call
    Map<String, Set<String>> named = named(jarOf(SdkChecksum.class));

    // When methods are left out that are replaced, and what only those reach
    Set<String> replaced =
        SUBSTITUTIONS.stream()
            .flatMap(
                type ->
                    Stream.of(type.getDeclaredMethods()).map(m -> target(type) + "." + m.getName()))
            .collect(Collectors.toSet());
    Set<String> left = new TreeSet<>(named.keySet());
    left.removeAll(replaced);
    left.removeIf(method -> isMadeBy(named, method, replaced) && !isMadeBy(named, method, left));

    // Then none of the others needs it
    assertThat(named).isNotEmpty();
    assertThat(left)
        .allSatisfy(
            method -> assertThat(named.get(method)).noneMatch(type -> type.startsWith(MISSING)));
  }

  /** Whether any of the methods, but those of its own class, names the method's class. */
  private static boolean isMadeBy(
      Map<String, Set<String>> named, String method, Set<String> methods) {
    String owner = method.substring(0, method.lastIndexOf('.'));
    return methods.stream()
        .filter(other -> !other.startsWith(owner + "."))
        .anyMatch(other -> named.getOrDefault(other, Set.of()).contains(owner.replace('.', '/')));
  }

  private static Map<String, Set<String>> named(Path jar) throws IOException {
    Map<String, Set<String>> named = new TreeMap<>();
    for (ClassNode type : Bytecode.classes(jar)) {
      for (MethodNode method : type.methods) {
        named
            .computeIfAbsent(
                type.name.replace('/', '.') + "." + method.name, unused -> new TreeSet<>())
            .addAll(named(method));
      }
    }
    return named;
  }

  private static Set<String> named(MethodNode method) {
    Set<String> types = new TreeSet<>();
    for (AbstractInsnNode instruction : method.instructions) {
      if (instruction instanceof MethodInsnNode call) {
        types.add(call.owner);
      } else if (instruction instanceof TypeInsnNode made) {
        types.add(made.desc);
      }
    }
    return types;
  }

  private static Path jarOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static String target(Class<?> substitution) {
    return substitution.getAnnotation(TargetClass.class).className();
  }
}
