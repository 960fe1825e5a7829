package io.millrace.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.problem.Outlook;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileFaultsTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new IOException("store/x: No space left on device"),
            Outlook.WAITS_FOR_OPERATOR,
            "Make room"),
        Arguments.of(
            new FileSystemException("store/x", null, "Read-only file system"),
            Outlook.WAITS_FOR_OPERATOR,
            "for writing"),
        Arguments.of(
            new IOException("store/x", new ReadOnlyFileSystemException()),
            Outlook.WAITS_FOR_OPERATOR,
            "for writing"),
        Arguments.of(
            new AccessDeniedException("store/x"), Outlook.WAITS_FOR_OPERATOR, "the right to read"),
        Arguments.of(new IOException("Input/output error"), Outlook.RETRIES, "the disk"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureSaysWhatToDo(Exception failure, Outlook outlook, String remedy) {
    Fault fault = FileFaults.of(failure, "the checkpoint");

    assertThat(fault.outlook()).isEqualTo(outlook);
    assertThat(fault.cause()).startsWith("the checkpoint cannot be read or written: ");
    assertThat(fault.remedy()).contains(remedy).endsWith(".");
  }
}
