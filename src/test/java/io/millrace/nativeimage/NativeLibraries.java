package io.millrace.nativeimage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The classes that DJL's native code looks up, found among the strings of its libraries. */
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
        Matcher matcher = CLASS.matcher(new String(in.readAllBytes(), ISO_8859_1));
        while (matcher.find()) {
          addLongest(matcher.group().replace('/', '.'), names);
        }
      }
    }
    return names;
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
