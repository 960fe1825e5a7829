package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.LabelSet;
import io.millrace.storage.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the service learns on Banking77 (Casanueva et al. 2020; 77 intents, official split), with
 * MiniLM-L6, as accuracy on the test split. A pass sends every training row once, shuffled with the
 * seed, since the file is sorted by label. Run by {@code ./mvnw -Plearning verify
 * -Dmillrace.data=DIR}.
 */
class LearningBench {

  private static final int BATCH = 32;
  private static final Path DATA =
      Path.of(System.getProperty("millrace.data", "none"), "banking77");
  private static final int SEEDS = Integer.getInteger("millrace.learning.seeds", 3);
  private static final int PASSES = Integer.getInteger("millrace.learning.passes", 5);

  private static final String POOLING = System.getProperty("millrace.learning.pooling", "cls");

  private final List<Map<String, Object>> results = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void banking77() throws Exception {
    assumeTrue(
        Files.exists(DATA.resolve("train.jsonl.gz")),
        "no data: -Dmillrace.data=DIR must name a folder with banking77/train.jsonl.gz");
    System.out.println("rows                 passes seed accuracy seconds examples/s");
    run("one pass", 1, 1, "1.5e-4", "1.5e-3");
    List<Double> accuracies = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      accuracies.add(run("several passes", PASSES, seed, "2e-4", "2e-4"));
    }
    System.out.printf(
        Locale.ROOT,
        "mean of %d seeds: %.4f%n",
        SEEDS,
        accuracies.stream().mapToDouble(accuracy -> accuracy).average().orElse(Double.NaN));
    assertThat(accuracies).allMatch(accuracy -> accuracy > 0.5); // a constant answer gets 0.013
  }

  private double run(String name, int passes, int seed, String rate, String headRate)
      throws IOException, InterruptedException {
    List<JsonNode> train = rows("train.jsonl.gz");
    List<JsonNode> stream = new ArrayList<>();
    Random random = new Random(seed);
    for (int pass = 0; pass < passes; pass++) {
      Collections.shuffle(train, random);
      stream.addAll(train);
    }
    int steps = stream.size() / BATCH;
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "model.pooling",
                POOLING,
                "device",
                "cpu",
                "tokenize.max-length",
                "64",
                "batch.max-examples",
                Integer.toString(BATCH),
                "training.seed",
                Integer.toString(seed),
                "training.learning-rate",
                rate,
                "training.head-learning-rate",
                headRate,
                "training.lr-scheduler-type",
                "linear",
                "training.max-steps",
                Integer.toString(steps),
                "training.warmup-steps",
                Integer.toString(steps / 10)));
    LearningRun run =
        new LearningRun(settings, new LabelSet(labels(train)), folder.resolve(name + seed));
    double seconds = run.train(stream);
    double accuracy = run.accuracy(rows("test.jsonl.gz"));
    System.out.printf(
        Locale.ROOT,
        "Banking77 MiniLM-L6  %6d %4d %8.4f %7.0f %10.1f%n",
        passes,
        seed,
        accuracy,
        seconds,
        stream.size() / seconds);
    write(name, passes, seed, accuracy, seconds, stream.size() / seconds);
    return accuracy;
  }

  /** After each run, so that one that is cut short leaves what it had. */
  private void write(
      String name, int passes, int seed, double accuracy, double seconds, double perSecond)
      throws IOException {
    results.add(
        Map.of(
            "run", name,
            "pooling", POOLING,
            "passes", passes,
            "seed", seed,
            "accuracy", accuracy,
            "seconds", seconds,
            "examples_per_second", perSecond));
    Path file = Path.of("target/learning/banking77.json");
    Files.createDirectories(file.getParent());
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
  }

  private static List<String> labels(List<JsonNode> rows) {
    return rows.stream().map(row -> row.get("label").asText()).distinct().sorted().toList();
  }

  private static List<JsonNode> rows(String file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DATA.resolve(file))),
                StandardCharsets.UTF_8))) {
      List<JsonNode> rows = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(Json.MAPPER.readTree(line));
      }
      return rows;
    }
  }
}
