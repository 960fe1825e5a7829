package io.millrace.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source as {@code torch.jit.load} reads it: a zip with the code, an empty
 * constants table and a pickle of one module without parameters. Written in Java so that building
 * needs no Python.
 */
final class TorchScriptArchive {

  /** Serialisation format that libtorch 2.x writes for such code. */
  private static final String FORMAT_VERSION = "10\n";

  /** Pickle, protocol 2: an empty tuple. */
  private static final byte[] NO_CONSTANTS = latin1("\u0080\u0002).");

  private TorchScriptArchive() {}

  /**
   * The archive's bytes.
   *
   * @param className the class in {@code source} to instantiate
   * @param source serialised TorchScript declaring that class, with {@code training : bool} as its
   *     only attribute
   */
  static byte[] of(String className, String source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "data.pkl", module(className));
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", NO_CONSTANTS);
      put(zip, "version", latin1(FORMAT_VERSION));
      put(zip, "byteorder", latin1("little"));
    } catch (IOException e) {
      throw new UncheckedIOException("a zip in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Pickle, protocol 2: {@code __torch__.className} (GLOBAL), made without arguments (EMPTY_TUPLE,
   * NEWOBJ), given the state {@code {"training": True}} (EMPTY_DICT, MARK, BINUNICODE, NEWTRUE,
   * SETITEMS, BUILD).
   */
  private static byte[] module(String className) {
    return latin1("\u0080\u0002c__torch__\n" + className + "\n)\u0081}(X\b\0\0\0training\u0088ub.");
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("ops/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
