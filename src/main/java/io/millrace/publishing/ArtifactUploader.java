package io.millrace.publishing;

import io.millrace.fault.Backoff;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Sends versions to the artifact store, where there is one, again and again while it cannot be
 * reached. One version at a time.
 */
public final class ArtifactUploader {

  private static final Logger LOG = Logger.getLogger(ArtifactUploader.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Optional<ArtifactStore> store;
  private final Duration timeout;
  private final Duration firstPause;
  private volatile Optional<String> problem = Optional.empty();

  /**
   * @param timeout how long a version is tried again
   */
  public ArtifactUploader(Optional<ArtifactStore> store, Duration timeout) {
    this(store, timeout, Duration.ofSeconds(1));
  }

  public ArtifactUploader(Optional<ArtifactStore> store, Duration timeout, Duration firstPause) {
    this.store = store;
    this.timeout = timeout;
    this.firstPause = firstPause;
  }

  /** Versions stay where they are written. */
  public static ArtifactUploader none() {
    return new ArtifactUploader(Optional.empty(), Duration.ZERO);
  }

  /** Why the last version is not sent, or not yet. Any thread. */
  public Optional<String> problem() {
    return problem;
  }

  /** One version, which may not be written yet. */
  Upload begin(VersionKey version) {
    return new Upload(version);
  }

  /** One version's way. */
  final class Upload {

    private final VersionKey version;
    private final CompletableFuture<Void> stalled = new CompletableFuture<>();
    private final CountDownLatch hurry = new CountDownLatch(1);
    private volatile boolean sending;

    private Upload(VersionKey version) {
      this.version = version;
    }

    /** Whether it is written, and on its way. Any thread. */
    boolean isSending() {
      return sending;
    }

    /** Waits until the version is published, or an attempt to send it has failed. Any thread. */
    void awaitEnd(CompletableFuture<?> published) {
      CompletableFuture.anyOf(stalled, published).exceptionally(failure -> null).join();
    }

    /** Takes a failure as the end: no attempt follows the one under way. Any thread. */
    void hurry() {
      hurry.countDown();
    }

    /**
     * Sends it. Blocks until that has succeeded, or the time for it is over.
     *
     * @param written where its files are
     * @param home where they will stay
     * @return the URI for its announcement
     * @throws IOException what kept the last attempt from it
     */
    String send(Path written, Path home, List<ArtifactFile> files) throws IOException {
      if (store.isEmpty()) {
        return home.toUri().toString();
      }
      sending = true;
      long start = System.nanoTime();
      Backoff backoff = new Backoff(firstPause, LONGEST_PAUSE);
      while (true) {
        try {
          String uri = store.get().send(version, written, files);
          LOG.infof(
              "version %d is at %s, after %.1f s",
              version.number(), uri, (System.nanoTime() - start) / 1e9);
          problem = Optional.empty();
          return uri;
        } catch (IOException e) {
          Duration spent = Duration.ofNanos(System.nanoTime() - start);
          Duration pause = backoff.next();
          if (!mayTryAgain(e, spent.plus(pause), pause)) {
            throw e;
          }
        } catch (RuntimeException e) {
          giveUp(String.valueOf(e));
          throw e;
        }
      }
    }

    private boolean mayTryAgain(IOException failure, Duration until, Duration pause) {
      if (until.compareTo(timeout) > 0 || hurry.getCount() == 0) {
        giveUp(failure.getMessage());
        return false;
      }
      problem =
          Optional.of(
              "version %d waits for the artifact store: %s"
                  .formatted(version.number(), failure.getMessage()));
      LOG.warnf("%s; next attempt in %s s", problem.get(), pause.toMillis() / 1e3);
      stalled.complete(null);
      try {
        if (hurry.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          giveUp(failure.getMessage());
          return false;
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        giveUp("interrupted");
        return false;
      }
    }

    private void giveUp(String why) {
      problem =
          Optional.of(
              "version %d was not published, it could not be sent to the artifact store: %s"
                  .formatted(version.number(), why));
      store.ifPresent(there -> there.abandon(version));
    }
  }
}
