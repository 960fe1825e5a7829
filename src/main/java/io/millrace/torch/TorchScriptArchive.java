package io.millrace.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript source as the archive that libtorch loads: a zip with the code and a pickle of
 * one parameterless module. The format is that of PyTorch's {@code torch/csrc/jit/serialization}.
 */
final class TorchScriptArchive {

  private TorchScriptArchive() {}

  /**
   * @param file the archive to write
   * @param source {@code class NAME(Module)} in the serialised TorchScript dialect
   * @param className NAME
   */
  static void write(Path file, String source, String className) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, "data.pkl", module(className));
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      // An empty tuple: the code has no tensor constants.
      put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
      put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** {@code __torch__.NAME()} with the one attribute that every module has, {@code training}. */
  private static byte[] module(String className) throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2}); // PROTO 2
    pickle.write(("c__torch__\n" + className + "\n").getBytes(StandardCharsets.UTF_8)); // GLOBAL
    pickle.write(new byte[] {')', (byte) 0x81}); // EMPTY_TUPLE NEWOBJ
    pickle.write(new byte[] {'}', '('}); // EMPTY_DICT MARK
    unicode(pickle, "training");
    pickle.write((byte) 0x88); // NEWTRUE
    unicode(pickle, "_is_full_backward_hook");
    pickle.write('N'); // NONE
    pickle.write(new byte[] {'u', 'b', '.'}); // SETITEMS BUILD STOP
    return pickle.toByteArray();
  }

  private static void unicode(ByteArrayOutputStream pickle, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    pickle.write(new byte[] {'X', (byte) bytes.length, 0, 0, 0}); // BINUNICODE, length below 256
    pickle.write(bytes);
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry("ops/" + name));
    zip.write(content);
    zip.closeEntry();
  }
}
