package io.millrace.fault;

import static io.millrace.problem.Outlook.RETRIES;
import static io.millrace.problem.Outlook.WAITS_FOR_OPERATOR;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;

/** The one classification of what the file system throws. */
public final class FileFaults {

  private FileFaults() {}

  /**
   * Of a failure to read or write.
   *
   * @param what was read or written: {@code the checkpoint}
   */
  public static Fault of(Throwable failure, String what) {
    Throwable root = root(failure);
    return of(String.valueOf(root.getMessage()), root, what);
  }

  /**
   * Of a failure that is known by its message only.
   *
   * @param what was read or written: {@code the checkpoint}
   */
  public static Fault of(String message, String what) {
    return of(message, null, what);
  }

  private static Fault of(String message, Throwable root, String what) {
    String said = message.toLowerCase(Locale.ROOT);
    String cause = what + " cannot be read or written: " + message;
    if (said.contains("no space left") || said.contains("disk quota")) {
      return new Fault(
          WAITS_FOR_OPERATOR,
          cause,
          "Make room on the disk of millrace.store; training goes on by itself.");
    }
    if (root instanceof ReadOnlyFileSystemException || said.contains("read-only file system")) {
      return new Fault(
          WAITS_FOR_OPERATOR,
          cause,
          "Mount the file system of millrace.store for writing; training goes on by itself.");
    }
    if (root instanceof AccessDeniedException || said.contains("permission denied")) {
      return new Fault(
          WAITS_FOR_OPERATOR,
          cause,
          "Give the service's user the right to read and write below millrace.store; training goes"
              + " on by itself.");
    }
    if (root instanceof NoSuchFileException || said.contains("stale file handle")) {
      return new Fault(
          WAITS_FOR_OPERATOR,
          cause,
          "See whether the file system of millrace.store is mounted; training goes on by itself.");
    }
    return new Fault(
        RETRIES, cause, "See whether the disk of millrace.store is well; it is tried again.");
  }

  /** Whether the failure or one of its causes is the file system's. */
  public static boolean isFiles(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof FileSystemException || e instanceof ReadOnlyFileSystemException) {
        return e;
      }
      root = e instanceof IOException ? e : root;
    }
    return root;
  }
}
