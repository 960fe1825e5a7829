package io.millrace.s3;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import software.amazon.awssdk.checksums.SdkChecksum;
import software.amazon.awssdk.checksums.spi.ChecksumAlgorithm;

/**
 * For a native executable only: what the SDK has for checksums by aws-crt, an optional library that
 * is not among ours, and that a native build would have to link. The SDK asks whether it is there
 * before each use, and lets the JDK compute CRC32C where it is not.
 */
@TargetClass(className = "software.amazon.awssdk.checksums.internal.ChecksumProvider")
final class ChecksumsWithoutCrt {

  @Substitute
  static SdkChecksum createCrtCrc32C() {
    return null; // the SDK then takes the JDK's
  }

  @Substitute
  static SdkChecksum crc64NvmeCrtImplementation() {
    throw new UnsupportedOperationException("CRC64NVME needs aws-crt, which is not linked");
  }

  @Substitute
  static SdkChecksum crtXxHash(ChecksumAlgorithm algorithm) {
    throw new UnsupportedOperationException(
        algorithm.algorithmId() + " needs aws-crt, which is not linked");
  }
}
