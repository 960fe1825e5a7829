package io.millrace.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The shipped mails in the order in which the demo sends them: each class in its own time order,
 * the classes interleaved in proportion. The same on every call.
 *
 * <p>A tenth is held out, chosen by a hash of the text: copies of one text never stand on both
 * sides.
 */
public final class MailStream {

  private static final String RESOURCE = "/demo/mail.jsonl.gz";
  private static final int HELD_OUT_ONE_IN = 10;

  private MailStream() {}

  /** Reads the stream. */
  public static List<Mail> read() {
    try (InputStream resource = MailStream.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is not in this package");
      }
      return interleaved(parse(resource));
    } catch (IOException e) {
      throw new UncheckedIOException("the resource " + RESOURCE + " cannot be read", e);
    }
  }

  /** Whether a text is for scoring only: decided by its hash alone. */
  public static boolean isHeldOut(String text) {
    byte[] hash = DigestUtils.sha256(text);
    long head = 0;
    for (int i = 0; i < 4; i++) {
      head = head << 8 | (hash[i] & 0xff);
    }
    return head % HELD_OUT_ONE_IN == 0;
  }

  /**
   * Spreads each label's mails evenly over the whole: mail {@code i} of {@code n} stands at {@code
   * (i + 1/2) / n}.
   */
  static List<Mail> interleaved(List<Mail> inTimeOrder) {
    Map<String, List<Mail>> byLabel = new TreeMap<>();
    for (Mail mail : inTimeOrder) {
      byLabel.computeIfAbsent(mail.label(), label -> new ArrayList<>()).add(mail);
    }
    List<Placed> placed = new ArrayList<>();
    for (List<Mail> mails : byLabel.values()) {
      for (int i = 0; i < mails.size(); i++) {
        placed.add(new Placed((i + 0.5) / mails.size(), mails.get(i)));
      }
    }
    // The sort is stable: where two places are equal, the labels' order decides.
    placed.sort(Comparator.comparingDouble(Placed::place));
    return placed.stream().map(Placed::mail).toList();
  }

  private static List<Mail> parse(InputStream compressed) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Mail> mails = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode fields = json.readTree(line);
        mails.add(
            new Mail(
                fields.get("id").asText(),
                fields.get("text").asText(),
                fields.get("label").asText(),
                Instant.parse(fields.get("timestamp").asText())));
      }
    }
    return mails;
  }

  private record Placed(double place, Mail mail) {}
}
