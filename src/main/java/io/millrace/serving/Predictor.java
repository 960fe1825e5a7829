package io.millrace.serving;

import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

/**
 * Serves the current version and follows it: at start and after each announcement the store's
 * current version is loaded on a worker thread, beside the one in use, and swapped in at once.
 * Requests under way end on the model they began with.
 */
@ApplicationScoped
public class Predictor {

  private static final Logger LOG = Logger.getLogger(Predictor.class);

  private final VersionStore store;
  private final ModelLoader loader;
  private final Executor worker;
  private final AtomicReference<SharedModel> current = new AtomicReference<>();
  private volatile boolean ready;
  private volatile boolean closed;

  @Inject
  Predictor(VersionStore store, ModelLoader loader, ManagedExecutor worker) {
    this(store, loader, (Executor) worker);
  }

  /**
   * Outside of CDI, where nobody calls the observers: see {@link #follow()}.
   *
   * @param worker runs the first look into the store
   */
  public Predictor(VersionStore store, ModelLoader loader, Executor worker) {
    this.store = store;
    this.loader = loader;
    this.worker = worker;
  }

  void atStart(@Observes StartupEvent event) {
    worker.execute(this::follow);
  }

  /** Called on a worker thread, as every asynchronous observer is. */
  void announced(@ObservesAsync ModelVersion version) {
    follow();
  }

  /**
   * Answers with the current version. Blocks for the time of a forward pass: never on an event
   * loop.
   *
   * @param inputs at least one text
   * @throws NoVersionException when there is nothing to answer with
   */
  public Predictions predict(List<TextInput> inputs) {
    SharedModel shared = hold();
    try {
      ModelVersion version = shared.version();
      float[][] logits = shared.model().logits(inputs);
      List<Prediction> predictions =
          List.of(logits).stream().map(row -> Prediction.of(version.labels(), row)).toList();
      return new Predictions(version.model(), version.version(), predictions);
    } finally {
      shared.release();
    }
  }

  /** The version that answers now. */
  public Optional<Long> servedVersion() {
    return Optional.ofNullable(current.get()).map(shared -> shared.version().version());
  }

  /** When the weights that answer now were taken: nothing newer is in them. */
  public Optional<Instant> servedWeightsOf() {
    return Optional.ofNullable(current.get()).map(shared -> shared.version().createdAt());
  }

  /** True once the version found at start is loaded, refused, or known to be none. */
  public boolean ready() {
    return ready;
  }

  /**
   * Brings the served version up to the store's current one. One at a time; blocks while it loads.
   */
  public synchronized void follow() {
    try {
      store.current().filter(version -> !closed && !isServed(version)).ifPresent(this::swapTo);
    } catch (RuntimeException e) {
      LOG.error("The current version cannot be looked up; predictions stay as they are", e);
    } finally {
      ready = true;
    }
  }

  private void swapTo(ModelVersion version) {
    SharedModel next;
    try {
      next = new SharedModel(version, loader.load(version));
    } catch (IOException | RuntimeException e) {
      LOG.errorf(
          e,
          "Version %d of %s is refused: %s. Predictions stay with %s",
          version.version(),
          version.model(),
          e.getMessage(),
          servedVersion().map(number -> "version " + number).orElse("no version"));
      return;
    }
    Optional.ofNullable(current.getAndSet(next)).ifPresent(SharedModel::release);
    LOG.infof("Predictions come from version %d of %s", version.version(), version.model());
  }

  private boolean isServed(ModelVersion version) {
    SharedModel served = current.get();
    return served != null
        && served.version().version() == version.version()
        && served.version().createdAt().equals(version.createdAt());
  }

  private SharedModel hold() {
    while (true) {
      SharedModel shared = current.get();
      if (shared == null) {
        throw new NoVersionException(
            "No version of the model can answer yet; one is published when the held-out examples"
                + " show that it has learned");
      }
      if (shared.hold()) {
        return shared;
      }
    }
  }

  /** Lets go of the model; requests under way still end on it. */
  @PreDestroy
  synchronized void close() {
    closed = true;
    Optional.ofNullable(current.getAndSet(null)).ifPresent(SharedModel::release);
  }
}
