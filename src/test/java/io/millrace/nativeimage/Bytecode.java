package io.millrace.nativeimage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** Classes as they were compiled: the service's own, tests left out, and those of libraries. */
final class Bytecode {

  private Bytecode() {}

  /**
   * Where the service's own and their resources lie, in an integration test, too, which runs on the
   * jar.
   */
  static Path folder() {
    return Path.of("target", "classes");
  }

  /** The service's own. */
  static List<ClassNode> classes() {
    try (Stream<Path> files = Files.walk(folder().resolve("io/millrace"))) {
      return files.filter(file -> file.toString().endsWith(".class")).map(Bytecode::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClassNode read(Path file) {
    try {
      return read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClassNode read(byte[] type) {
    ClassNode node = new ClassNode();
    new ClassReader(type).accept(node, 0);
    return node;
  }

  /** Those of a library. */
  static List<ClassNode> classes(Path jar) throws IOException {
    return classes(jar, "");
  }

  /** Those of a library that have a text among their constants. */
  static List<ClassNode> classes(Path jar, String text) throws IOException {
    List<ClassNode> found = new ArrayList<>();
    try (JarFile open = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(open.entries())) {
        if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF")) {
          byte[] bytes = open.getInputStream(entry).readAllBytes();
          if (new String(bytes, ISO_8859_1).contains(text)) {
            found.add(read(bytes));
          }
        }
      }
    }
    return found;
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
