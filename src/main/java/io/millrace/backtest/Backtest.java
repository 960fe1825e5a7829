package io.millrace.backtest;

import io.millrace.config.PipelineConfig;
import io.millrace.example.DeadLetter;
import io.millrace.example.LabelSet;
import io.millrace.example.LabelledExample;
import io.millrace.input.ExampleDecoder;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs a stream of labelled examples, in event-time order, through several ways to keep a model:
 * frozen behind the first tenth, the service, trained from scratch on all seen so far at equal
 * numbers of examples, and the service without one or other of its parts. All predict the same
 * examples before they learn from them, and have the same base, fine-tuner, rate and batches. One
 * thread, which must be the only one of the process that trains.
 */
public final class Backtest implements AutoCloseable {

  private static final String NEVER = "876000h"; // a hundred years
  private static final int LEAST = 100;
  private static final int PACE_WARM_UP = 64;
  private static final int PACE_EXAMPLES = 128;

  /** A forward pass by a step, with what surrounds it. */
  private static final double PREDICTION = 1.0 / 3;

  private final Options options;
  private final Configurations configurations;
  private final PipelineConfig config;
  private final MemoryTraining training;
  private final Map<String, LeftOut> leftOut = new TreeMap<>();
  private final EventStream stream;
  private final List<StrategyPlan> plans;

  /**
   * Reads and tokenizes the stream.
   *
   * @throws IOException where the file or the base cannot be read
   * @throws IllegalArgumentException where the stream is too short
   */
  public Backtest(Options options, Configurations configurations) throws IOException {
    this.options = options;
    this.configurations = settings -> configurations.with(timeless(settings));
    this.config = this.configurations.with(Map.of());
    this.training = new MemoryTraining(config);
    try {
      this.stream = read();
      this.plans = plans();
    } catch (IOException | RuntimeException e) {
      training.close();
      throw e;
    }
  }

  /** No version gets old by the clock of the machine that measures: a run would not repeat. */
  private static Map<String, String> timeless(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("millrace.publication.freshness", NEVER);
    return all;
  }

  private EventStream read() throws IOException {
    StreamFile file =
        StreamFile.read(
            options.file(), new ExampleDecoder(config.example(), config.task()).ofExports());
    file.refused().forEach((reason, lines) -> leftOut.put(reason.name(), lines));
    List<LabelledExample> first = file.examples().stream().limit(options.limit()).toList();
    LabelSet labels = labels(first);
    List<LabelledExample> examples =
        first.stream()
            .filter(example -> labels.indexOf(example.target().asName().orElseThrow()).isPresent())
            .toList();
    if (examples.size() < first.size()) {
      leftOut.put(
          "UNKNOWN_LABEL",
          new LeftOut(first.size() - examples.size(), "a label is none of " + labels.summary()));
    }
    EventStream events =
        EventStream.of(
            examples,
            labels,
            config.task(),
            training.tokenizer(),
            (example, rule) ->
                leftOut.merge(
                    DeadLetter.Reason.UNSUPPORTED_BY_BASE.name(),
                    new LeftOut(1, "line %d: %s".formatted(example.position().offset() + 1, rule)),
                    (before, one) -> before.andOneMore()));
    if (events.size() < LEAST) {
      throw new IllegalArgumentException(
          "%s has %d usable examples, %d are the least to be told anything by%s"
              .formatted(options.file(), events.size(), LEAST, leftOutInWords()));
    }
    return events;
  }

  private String leftOutInWords() {
    return leftOut.entrySet().stream()
        .map(
            one ->
                "; left out: %d lines, %s, as %s"
                    .formatted(one.getValue().lines(), one.getKey(), one.getValue().first()))
        .collect(Collectors.joining());
  }

  /** As named by the settings; else all of the stream, as somebody who knows it would name them. */
  private LabelSet labels(List<LabelledExample> examples) {
    return config
        .task()
        .outputs()
        .map(LabelSet.class::cast)
        .orElseGet(
            () ->
                new LabelSet(
                    examples.stream()
                        .flatMap(example -> example.target().asName().stream())
                        .distinct()
                        .sorted()
                        .toList()));
  }

  private List<StrategyPlan> plans() throws IOException {
    List<StrategyPlan> all = new ArrayList<>();
    // The answer first: what comes behind it may take hours.
    all.add(batch(StrategyPlan.FROZEN, 1));
    all.add(continuous(Variant.ours()));
    all.add(batch(StrategyPlan.FROM_SCRATCH, options.trainings()));
    if (options.lesser()) {
      for (Variant variant : Variant.lesser(config)) {
        all.add(continuous(variant));
      }
    }
    return List.copyOf(all);
  }

  private StrategyPlan continuous(Variant variant) throws IOException {
    PipelineConfig own = configurations.with(variant.settings());
    return new StrategyPlan(
        variant.name(),
        variant.settings(),
        variant.twin(),
        ContinuousStrategy.expected(stream, own),
        (versions, onTrained) ->
            new ContinuousStrategy(
                stream,
                own.batch(),
                training.continuous(own, stream.labels(), versions),
                onTrained));
  }

  private StrategyPlan batch(String name, int trainings) {
    return new StrategyPlan(
        name,
        Map.of(),
        Optional.empty(),
        BatchStrategy.expected(stream, trainings),
        (versions, onTrained) ->
            new BatchStrategy(
                stream, trainings, labels -> training.batch(config, labels), onTrained));
  }

  /** Examples that all arms together will train on, each as often as it is. */
  public long expectedExamples() {
    return plans.stream().mapToLong(StrategyPlan::expectedExamples).sum();
  }

  /** About how long {@link #run} takes, by a few steps on examples from all over the stream. */
  public Duration expectedDuration() throws IOException {
    List<TokenizedExample> all = stream.toTrain(0, stream.size());
    List<TokenizedExample> sample =
        IntStream.range(0, Math.min(PACE_EXAMPLES, all.size()))
            .mapToObj(i -> all.get((int) ((long) i * all.size() / PACE_EXAMPLES)))
            .toList();
    try (BatchRun run = training.batch(config, stream.labels())) {
      run.train(sample.subList(0, Math.min(PACE_WARM_UP, sample.size())), 1, examples -> {});
      long start = System.nanoTime();
      run.train(sample, 1, examples -> {});
      double perExample = (System.nanoTime() - start) / 1e9 / sample.size();
      double predictions = (double) plans.size() * stream.size();
      return Duration.ofSeconds(
          Math.round(perExample * (expectedExamples() + PREDICTION * predictions)));
    }
  }

  /**
   * Runs all arms, one after the other.
   *
   * @throws io.millrace.config.PipelineException where training fails
   */
  public BacktestResult run(Listener listener) throws IOException {
    List<Measured> measured = new ArrayList<>();
    for (StrategyPlan plan : plans) {
      listener.onArm(plan.name());
      Optional<Measured> twin = plan.fromTwin(measured);
      measured.add(
          twin.isPresent()
              ? twin.get()
              : plan.measure(stream, config.evaluation().batchExamples(), listener::onTrained));
      if (twin.isPresent()) {
        listener.onTrained(plan.expectedExamples());
      }
      listener.onResult(result(measured));
    }
    return result(measured);
  }

  private BacktestResult result(List<Measured> measured) {
    return new BacktestResult(
        name(),
        stream,
        leftOut,
        measured.size() == plans.size(),
        options.trainings(),
        training.settings(config),
        measured);
  }

  /** With its folder's name: many a file is called {@code stream.jsonl.gz}. */
  private String name() {
    Path file = options.file().toAbsolutePath().normalize();
    return file.subpath(Math.max(0, file.getNameCount() - 2), file.getNameCount()).toString();
  }

  @Override
  public void close() {
    training.close();
  }

  /**
   * What to run.
   *
   * @param file JSON lines by the contract of the examples topic, each with a timestamp; gzip where
   *     the name ends in {@code .gz}
   * @param limit examples from the beginning of event time, all where there are fewer
   * @param trainings of the arm that is trained from scratch
   * @param lesser whether the service without one or other of its parts is run, too
   */
  public record Options(Path file, int limit, int trainings, boolean lesser) {

    public Options {
      if (limit < 1 || trainings < 1) {
        throw new IllegalArgumentException(
            "limit and number of trainings must be above 0: " + limit + ", " + trainings);
      }
    }
  }

  /** Follows a run. On its thread. */
  public interface Listener {

    /** An arm begins. */
    void onArm(String name);

    /** So many examples more were trained on, or need not be. */
    void onTrained(long examples);

    /** What is known after an arm; the last is complete. */
    void onResult(BacktestResult result) throws IOException;
  }

  /** The settings, with some of them given anew. */
  @FunctionalInterface
  public interface Configurations {

    /**
     * @param settings by full name; they win
     */
    PipelineConfig with(Map<String, String> settings) throws IOException;
  }
}
