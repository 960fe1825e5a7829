package io.millrace.nativeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** The service's own classes as they were compiled, tests left out. */
final class Bytecode {

  private Bytecode() {}

  /** Where they and their resources lie, in an integration test, too, which runs on the jar. */
  static Path folder() {
    return Path.of("target", "classes");
  }

  static List<ClassNode> classes() {
    try (Stream<Path> files = Files.walk(folder().resolve("io/millrace"))) {
      return files.filter(file -> file.toString().endsWith(".class")).map(Bytecode::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClassNode read(Path file) {
    ClassNode node = new ClassNode();
    try {
      new ClassReader(Files.readAllBytes(file)).accept(node, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return node;
  }

  /** A class by its internal name or descriptor's type; not initialised. */
  static Class<?> load(String internalName) {
    try {
      return Class.forName(internalName.replace('/', '.'), false, Bytecode.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
