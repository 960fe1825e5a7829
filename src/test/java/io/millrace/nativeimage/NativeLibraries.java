package io.millrace.nativeimage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** What native code looks up in Java, found among the strings of its libraries. */
final class NativeLibraries {

  /** As JNI's FindClass takes them. Rust puts its strings side by side, without an end. */
  private static final Pattern CLASS =
      Pattern.compile(
          "(?:java/(?:lang|util|io)|ai/djl|org/slf4j)(?:/[a-z0-9]+)*/[A-Z][A-Za-z0-9]*");

  private static final Set<String> LIBRARIES =
      Set.of(
          "jnilib/linux-x86_64/cpu/libdjl_torch.so",
          "native/lib/linux-x86_64/cpu/libtokenizers.so");

  private NativeLibraries() {}

  static Set<String> classesNamed() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String library : LIBRARIES) {
      try (InputStream in = NativeLibraries.class.getClassLoader().getResourceAsStream(library)) {
        Matcher matcher = CLASS.matcher(text(in));
        while (matcher.find()) {
          addLongest(matcher.group().replace('/', '.'), names);
        }
      }
    }
    return names;
  }

  /**
   * Fields and methods of a library's classes that its native code names; of the classes that have
   * native methods, for those are whom it is handed.
   *
   * @param jar the library's
   * @param library its native code, within the jar
   */
  static Map<String, Set<String>> membersNamed(Path jar, Pattern library) throws IOException {
    Set<String> strings = new HashSet<>();
    try (JarFile open = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(open.entries())) {
        if (library.matcher(entry.getName()).matches()) {
          strings.addAll(List.of(text(open.getInputStream(entry)).split("\0")));
        }
      }
    }
    Map<String, Set<String>> named = new TreeMap<>();
    for (ClassNode type : Bytecode.classes(jar)) {
      if (type.methods.stream().anyMatch(method -> (method.access & Opcodes.ACC_NATIVE) != 0)) {
        Set<String> members = new TreeSet<>();
        type.fields.forEach(field -> members.add(field.name));
        type.methods.stream()
            .filter(method -> (method.access & Opcodes.ACC_NATIVE) == 0)
            .filter(method -> !method.name.startsWith("<"))
            .forEach(method -> members.add(method.name));
        members.retainAll(strings);
        if (!members.isEmpty()) {
          named.put(type.name.replace('/', '.'), members);
        }
      }
    }
    return named;
  }

  /** Classes of a jar that load a library themselves. */
  static Set<String> classesThatLoad(Path jar) throws IOException {
    return Bytecode.classes(jar, "java/lang/System").stream()
        .filter(NativeLibraries::loads)
        .map(type -> type.name.replace('/', '.'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean loads(ClassNode type) {
    return type.methods.stream()
        .flatMap(method -> Stream.of(method.instructions.toArray()))
        .filter(MethodInsnNode.class::isInstance)
        .map(MethodInsnNode.class::cast)
        .anyMatch(
            call -> call.owner.equals("java/lang/System") && call.name.matches("load(Library)?"));
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /** What follows a name may look like more of it. */
  private static void addLongest(String name, Set<String> names) {
    for (int end = name.length(); end > name.lastIndexOf('.') + 1; end--) {
      if (exists(name.substring(0, end))) {
        names.add(name.substring(0, end));
        return;
      }
    }
  }

  private static boolean exists(String name) {
    try {
      Class.forName(name, false, NativeLibraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
