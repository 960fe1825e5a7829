package io.millrace.faults;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Runs in the process that is measured and writes what glibc's {@code mallinfo2} says into a file
 * every two seconds: {@code arena hblkhd uordblks fordblks}, bytes. The service has no code for it.
 */
public final class MallocAgent {

  private static final String LIBRARY = "c";

  private MallocAgent() {}

  /** The JVM's entry. */
  public static void premain(String file) {
    Thread thread = new Thread(() -> write(Path.of(file)), "malloc-agent");
    thread.setDaemon(true);
    thread.start();
  }

  private static void write(Path file) {
    try {
      LibC libc = Native.load(LIBRARY, LibC.class);
      Path aside = file.resolveSibling(file.getFileName() + ".new");
      while (true) {
        MallInfo info = libc.mallinfo2();
        Files.writeString(
            aside, info.arena + " " + info.hblkhd + " " + info.uordblks + " " + info.fordblks);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        Thread.sleep(2_000);
      }
    } catch (IOException | InterruptedException | LinkageError e) {
      System.err.println("mallinfo2 is not measured: " + e);
    }
  }

  /**
   * The argument with which a JVM runs it.
   *
   * @param folder where its jar is written to
   * @param file what it writes
   */
  static List<String> argument(Path folder, Path file) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Premain-Class", MallocAgent.class.getName());
    main.putValue(
        "Class-Path", Native.class.getProtectionDomain().getCodeSource().getLocation().toString());
    Path jar = folder.resolve("malloc-agent.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> type : List.of(MallocAgent.class, LibC.class, MallInfo.class)) {
        String name = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        out.write(type.getResourceAsStream("/" + name).readAllBytes());
      }
    }
    return List.of("-javaagent:" + jar + "=" + file);
  }

  /** The C library. */
  public interface LibC extends Library {
    MallInfo mallinfo2();
  }

  /** {@code struct mallinfo2}. */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static class MallInfo extends Structure implements Structure.ByValue {
    public long arena;
    public long ordblks;
    public long smblks;
    public long hblks;
    public long hblkhd;
    public long usmblks;
    public long fsmblks;
    public long uordblks;
    public long fordblks;
    public long keepcost;
  }
}
