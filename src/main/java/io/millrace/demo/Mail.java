package io.millrace.demo;

import java.time.Instant;

/**
 * One mail of the shipped stream. {@link #toString()} never shows the text.
 *
 * @param id its id in the resource, {@code mail-00001} and on
 * @param text subject and body
 * @param label {@code ham} or {@code spam}
 * @param timestamp when it was received
 */
public record Mail(String id, String text, String label, Instant timestamp) {

  @Override
  public String toString() {
    return "Mail[" + id + ", " + label + ", " + timestamp + "]";
  }
}
