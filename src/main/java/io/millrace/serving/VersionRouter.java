package io.millrace.serving;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds the version that answers a request. Immutable, any thread.
 *
 * @param pin the version that answers where nobody asks for another; empty for the current one
 * @param canaryShare share of these requests that the current one answers although another is
 *     pinned, 0 to 1
 */
public record VersionRouter(Optional<Long> pin, double canaryShare) {

  /**
   * @throws NoVersionException where there is nothing to answer with yet
   * @throws NotLoadedException where the version asked for is not loaded
   */
  RefCountedModel route(VersionChoice choice, LoadedVersions loaded) {
    if (choice instanceof VersionChoice.Numbered numbered) {
      return loaded
          .get(numbered.version())
          .orElseThrow(() -> notLoaded("Version " + numbered.version(), loaded));
    }
    if (choice instanceof VersionChoice.Of named) {
      return loaded
          .get(named.slot())
          .orElseThrow(() -> notLoaded("A " + named.slot() + " version", loaded));
    }
    Slot slot = slot((VersionChoice.Routed) choice);
    return loaded.get(slot).orElseThrow(() -> missing(slot));
  }

  private Slot slot(VersionChoice.Routed request) {
    if (pin.isEmpty()) {
      return Slot.CURRENT;
    }
    double chance =
        request
            .key()
            .map(key -> new SplittableRandom(key.hashCode()).nextDouble())
            .orElseGet(() -> ThreadLocalRandom.current().nextDouble());
    return chance < canaryShare ? Slot.CURRENT : Slot.PINNED;
  }

  private RuntimeException missing(Slot slot) {
    return new NoVersionException(
        slot == Slot.PINNED
            ? "Version %d, which millrace.serving.pin names, could not be loaded here"
                .formatted(pin.orElseThrow())
            : "No version of the model can answer yet; one is published when the held-out examples"
                + " show that it has learned");
  }

  private static NotLoadedException notLoaded(String what, LoadedVersions loaded) {
    return new NotLoadedException(
        "%s is not loaded here, loaded are %s"
            .formatted(
                what,
                loaded.models().stream()
                    .map(model -> model.version().version())
                    .sorted()
                    .toList()));
  }
}
