package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Byteman says nothing of a rule whose class, method or call does not exist: the process would live
 * on.
 */
class CrashPointTest {

  private static final String INVOKE = "INVOKE ";

  @ParameterizedTest
  @EnumSource
  void whatItNamesExists(CrashPoint point) throws IOException {
    // Given
    List<MethodNode> methods =
        compiled(point.type()).methods.stream()
            .filter(method -> method.name.equals(point.method()))
            .toList();

    // Then
    assertThat(methods).as("%s.%s", point.type(), point.method()).isNotEmpty();
    int call = point.location().indexOf(INVOKE);
    if (call < 0) {
      assertThat(point.location()).isIn("AT ENTRY", "AT EXIT");
    } else {
      assertThat(methods.stream().flatMap(CrashPointTest::calls))
          .as("calls in %s.%s", point.type(), point.method())
          .contains(point.location().substring(call + INVOKE.length()));
    }
  }

  private static Stream<String> calls(MethodNode method) {
    return Stream.of(method.instructions.toArray())
        .filter(MethodInsnNode.class::isInstance)
        .map(MethodInsnNode.class::cast)
        .map(call -> call.owner.substring(call.owner.lastIndexOf('/') + 1) + "." + call.name);
  }

  private static ClassNode compiled(String type) throws IOException {
    String file = "/" + type.replace('.', '/') + ".class";
    try (InputStream bytes = CrashPoint.class.getResourceAsStream(file)) {
      assertThat(bytes).as(type).isNotNull();
      ClassNode node = new ClassNode();
      new ClassReader(bytes).accept(node, 0);
      return node;
    }
  }
}
