package io.millrace.torch.file;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Walks protobuf's wire format without generated classes. */
final class ProtobufFields {

  private ProtobufFields() {}

  /** Offers each field of the message at hand to the reader and skips those it does not want. */
  static void forEach(CodedInputStream in, FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!reader.read(WireFormat.getTagFieldNumber(tag))) {
        in.skipField(tag);
      }
    }
  }

  /** Reads a field that is a message: a length, then that number of bytes. */
  static void nested(CodedInputStream in, Reader reader) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    reader.read();
    in.checkLastTagWas(0);
    in.popLimit(limit);
  }

  /** Reads the value of a field, or returns false to have it skipped. */
  @FunctionalInterface
  interface FieldReader {
    boolean read(int field) throws IOException;
  }

  /** Reads up to the limit. */
  @FunctionalInterface
  interface Reader {
    void read() throws IOException;
  }
}
