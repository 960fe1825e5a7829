package io.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.demo.Mail;
import io.millrace.demo.MailStream;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.model.PretrainedModel;
import io.millrace.storage.Json;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * Batches as the service forms them: real texts, the model's tokenizer, batches by length within a
 * chunk, at the default sizes.
 */
final class RealTexts {

  private static final int MAX_LENGTH = 64;
  private static final int MAX_TOKENS = 2048;
  private static final int CHUNK = 128;
  private static final int CHUNKS = 4;
  private static final long SEED = 42;

  private RealTexts() {}

  private record Text(String text, String label) {}

  /** Banking77's training rows, shuffled, because the file is sorted by label. */
  static List<TokenBatch> banking77(Path train, PretrainedModel base) throws IOException {
    List<Text> texts = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(train)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode row = Json.MAPPER.readTree(line);
        texts.add(new Text(row.get("text").asText(), row.get("label").asText()));
      }
    }
    Collections.shuffle(texts, new Random(SEED));
    return batches(texts, base);
  }

  /** The shipped mails that are trained on, in the stream's order. */
  static List<TokenBatch> mails(PretrainedModel base) {
    List<Mail> mails = MailStream.read();
    return batches(
        mails.stream()
            .filter(mail -> !MailStream.isHeldOut(mail.text()))
            .map(mail -> new Text(mail.text(), mail.label()))
            .toList(),
        base);
  }

  private static List<TokenBatch> batches(List<Text> texts, PretrainedModel base) {
    List<String> labels = texts.stream().map(Text::label).distinct().sorted().toList();
    BatchAssembler assembler = new BatchAssembler(Workload.BATCH, MAX_TOKENS, SEED);
    List<TokenBatch> batches = new ArrayList<>();
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(base.tokenizerJson(), MAX_LENGTH)) {
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        List<TokenizedExample> examples = new ArrayList<>();
        for (int i = chunk * CHUNK; i < (chunk + 1) * CHUNK; i++) {
          Text text = texts.get(i);
          examples.add(
              new TokenizedExample(
                  "text" + i,
                  tokenizer.tokenize(text.text(), Optional.empty()),
                  new Target.Label(labels.indexOf(text.label())),
                  1,
                  Instant.EPOCH,
                  new RecordPosition("bench", 0, i)));
        }
        batches.addAll(assembler.assemble(examples, chunk));
      }
    }
    return batches;
  }
}
