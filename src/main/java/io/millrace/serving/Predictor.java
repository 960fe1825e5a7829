package io.millrace.serving;

import io.millrace.input.LabelSettings;
import io.millrace.model.ModelSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.serving.model.ModelLoader;
import io.millrace.serving.model.OverloadedException;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.ServingSettings;
import io.millrace.serving.model.TextInput;
import io.millrace.task.Task;
import io.millrace.task.Tasks;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

/**
 * Serves the current version and follows it: at start and after each announcement the store's
 * current version is loaded on a worker thread, beside the one in use, warmed, and swapped in at
 * once. Requests under way end on the model they began with. The version before it stays loaded,
 * and a pinned one.
 */
@ApplicationScoped
public class Predictor {

  private static final Logger LOG = Logger.getLogger(Predictor.class);
  private static final String PLACE = "serving";

  private final VersionStore store;
  private final ModelLoader loader;
  private final Task task;
  private final Executor worker;
  private final VersionRouter router;
  private final boolean keepPrevious;
  private final OpenProblems problems;
  private final AtomicReference<LoadedVersions> loaded = new AtomicReference<>(LoadedVersions.NONE);
  private volatile Set<String> missing = Set.of();
  private volatile Optional<String> refused = Optional.empty();
  private volatile boolean ready;
  private volatile boolean closed;

  @Inject
  public Predictor(
      VersionStore store,
      ModelLoader loader,
      ModelSettings model,
      LabelSettings labels,
      ServingSettings settings,
      OpenProblems problems,
      ManagedExecutor worker) {
    this(
        store,
        loader,
        Tasks.named(model.task(), labels),
        new VersionRouter(settings.pin(), settings.canaryShare()),
        settings.keepPrevious(),
        problems,
        worker);
  }

  /**
   * Outside of CDI, where nobody calls the observers: see {@link #follow()}. Nothing is pinned, and
   * the version before the current one is let go.
   *
   * @param worker runs the first look into the store
   */
  public Predictor(VersionStore store, ModelLoader loader, Task task, Executor worker) {
    this(
        store,
        loader,
        task,
        new VersionRouter(Optional.empty(), 0),
        false,
        new OpenProblems(),
        worker);
  }

  public Predictor(
      VersionStore store,
      ModelLoader loader,
      Task task,
      VersionRouter router,
      boolean keepPrevious,
      OpenProblems problems,
      Executor worker) {
    this.store = store;
    this.loader = loader;
    this.task = task;
    this.router = router;
    this.keepPrevious = keepPrevious;
    this.problems = problems;
    this.worker = worker;
  }

  void atStart(@Observes StartupEvent event) {
    worker.execute(this::follow);
  }

  /** Called on a worker thread, as every asynchronous observer is. */
  void announced(@ObservesAsync ModelVersion version) {
    follow();
  }

  /** As below, with the version that the settings choose. */
  public CompletableFuture<Predictions> predict(List<TextInput> inputs) {
    return predict(inputs, VersionChoice.ROUTED);
  }

  /**
   * Answers with one version. Never blocks; what depends on the answer must not, either.
   *
   * @param inputs at least one text
   * @return fails with {@link OverloadedException} where too many wait for an answer already
   * @throws NoVersionException when there is nothing to answer with
   * @throws NotLoadedException when the version chosen is not loaded
   */
  public CompletableFuture<Predictions> predict(List<TextInput> inputs, VersionChoice choice) {
    RefCountedModel shared = hold(choice);
    CompletableFuture<float[][]> logits;
    try {
      logits = shared.model().logits(inputs);
    } catch (RuntimeException | Error e) {
      shared.release();
      throw e;
    }
    return logits
        .thenApply(rows -> answers(shared.version(), rows))
        .whenComplete((answer, failure) -> shared.release());
  }

  private Predictions answers(ModelVersion version, float[][] logits) {
    return new Predictions(
        version.model(),
        version.version(),
        Arrays.stream(logits).map(row -> task.answer(row, version.labels())).toList());
  }

  /** The version that answers now where nobody asks for another: pinned or current. */
  public Optional<Long> servedVersion() {
    return served().map(ModelVersion::version);
  }

  /** When the newest example in the weights that answer now was sent. */
  public Optional<Instant> servedFreshAt() {
    return served().map(ModelVersion::freshAt);
  }

  private Optional<ModelVersion> served() {
    return loaded
        .get()
        .get(router.pin().isPresent() ? Slot.PINNED : Slot.CURRENT)
        .map(RefCountedModel::version);
  }

  /** Why another version answers than the one that should; empty while it is right. */
  public Optional<String> problem() {
    return missing.isEmpty() ? refused : Optional.of(String.join("; ", missing));
  }

  /** Told which versions are announced and not in the store, and why. */
  public void missing(Set<String> whys) {
    missing = Set.copyOf(whys);
    tell();
  }

  private void tell() {
    problem()
        .ifPresentOrElse(
            why ->
                problems.report(
                    PLACE,
                    Outlook.RETRIES,
                    why,
                    "Nothing where its files are still on their way. Else mend what the cause names,"
                        + " or wait for the next version, which takes its place."),
            () -> problems.resolve(PLACE));
  }

  /** True once the version found at start is loaded, refused, or known to be none. */
  public boolean ready() {
    return ready;
  }

  /**
   * Brings what is loaded up to the store. One at a time; blocks while it loads.
   *
   * @return whether what the store has of the current and the pinned version is loaded
   */
  public synchronized boolean follow() {
    try {
      if (closed) {
        return false;
      }
      refused = Optional.empty();
      List<ModelVersion> versions = store.list();
      boolean pinned =
          router
              .pin()
              .flatMap(number -> numbered(versions, number))
              .map(version -> load(Slot.PINNED, version))
              .orElse(true);
      Optional<ModelVersion> current = store.current();
      if (current.isPresent() && !load(Slot.CURRENT, current.get())) {
        return false;
      }
      current
          .filter(version -> keepPrevious)
          .flatMap(ModelVersion::parent)
          .flatMap(number -> numbered(versions, number))
          .ifPresentOrElse(v -> load(Slot.PREVIOUS, v), () -> drop(Slot.PREVIOUS));
      return pinned;
    } catch (RuntimeException e) {
      LOG.error("The current version cannot be looked up; predictions stay as they are", e);
      return false;
    } finally {
      ready = true;
      tell();
    }
  }

  private static Optional<ModelVersion> numbered(List<ModelVersion> versions, long number) {
    return versions.stream().filter(version -> version.version() == number).findFirst();
  }

  /** Loads a version unless it is; what the slot had stays in it where that fails. */
  private boolean load(Slot slot, ModelVersion version) {
    LoadedVersions now = loaded.get();
    if (now.get(slot).filter(model -> model.is(version)).isPresent()) {
      return true;
    }
    Optional<RefCountedModel> there = now.get(version);
    RefCountedModel next;
    try {
      next = there.isPresent() ? there.get() : loadFrom(version);
    } catch (IOException | RuntimeException e) {
      String why =
          "Version %d of %s is refused: %s. Predictions stay with %s"
              .formatted(
                  version.version(),
                  version.model(),
                  e.getMessage(),
                  servedVersion().map(number -> "version " + number).orElse("no version"));
      LOG.error(why, e);
      refused = Optional.of(why);
      return false;
    }
    LoadedVersions then = now.with(slot, next);
    if (slot == Slot.CURRENT) {
      // Mostly it is the new one's parent, and need not be loaded again for that.
      then =
          now.get(Slot.CURRENT)
              .map(before -> now.with(slot, next).with(Slot.PREVIOUS, before))
              .orElse(then);
    }
    swap(then);
    LOG.infof("Version %d of %s is loaded as the %s one", version.version(), version.model(), slot);
    return true;
  }

  private RefCountedModel loadFrom(ModelVersion version) throws IOException {
    ServingModel model = loader.load(version);
    try {
      WarmUp.run(model, version);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return new RefCountedModel(version, model);
  }

  private void drop(Slot slot) {
    swap(loaded.get().without(slot));
  }

  private void swap(LoadedVersions next) {
    LoadedVersions before = loaded.getAndSet(next);
    before.notIn(next).forEach(RefCountedModel::release);
  }

  private RefCountedModel hold(VersionChoice choice) {
    while (true) {
      RefCountedModel shared = router.route(choice, loaded.get());
      if (shared.hold()) {
        return shared;
      }
    }
  }

  /** Lets go of the models; requests under way still end on them. */
  @PreDestroy
  synchronized void close() {
    closed = true;
    swap(LoadedVersions.NONE);
  }
}
