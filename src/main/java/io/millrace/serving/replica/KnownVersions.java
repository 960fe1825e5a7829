package io.millrace.serving.replica;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom a replica asks for the versions when the versions topic no longer names one: the trainer's
 * folder, where it sees that, else the trainer's REST interface. Blocks; any thread.
 */
final class KnownVersions {

  private final String model;
  private final VersionStore folder;
  private final Optional<TrainerServer> server;

  /**
   * @param model whose versions are wanted
   * @param folder the trainer's; without versions where it is not shared
   */
  KnownVersions(String model, VersionStore folder, Optional<TrainerServer> server) {
    this.model = model;
    this.folder = folder;
    this.server = server;
  }

  /**
   * The versions up to the current one, the current one last; empty where neither knows one.
   *
   * @throws IOException naming the server, and why it cannot be asked or what it serves instead
   */
  List<ModelVersion> upToCurrent() throws IOException {
    Optional<ModelVersion> current = folder.current();
    if (current.isPresent()) {
      return upTo(current.get(), folder.list());
    }
    return server.isPresent() ? of(server.get()) : List.of();
  }

  private List<ModelVersion> of(TrainerServer trainer) throws IOException {
    List<ModelVersion> kept = new ArrayList<>();
    Optional<ModelVersion> current = Optional.empty();
    try (InputStream answer = trainer.open(URI.create(trainer.url()))) {
      for (JsonNode listed : Json.MAPPER.readTree(answer)) {
        ModelVersion version = Json.MAPPER.treeToValue(listed, ModelVersion.class);
        if (!version.model().equals(model)) {
          throw new IOException(
              "it has versions of model " + version.model() + ", not of " + model);
        }
        kept.add(version);
        if (listed.path("standing").asText().equals("CURRENT")) {
          current = Optional.of(version);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "the versions cannot be read from %s: %s".formatted(trainer.url(), e.getMessage()), e);
    }
    return current.map(version -> upTo(version, kept)).orElse(List.of());
  }

  /** What was rolled back has a higher number than the current one. */
  private static List<ModelVersion> upTo(ModelVersion current, List<ModelVersion> kept) {
    List<ModelVersion> line = new ArrayList<>();
    kept.stream().filter(other -> other.version() < current.version()).forEach(line::add);
    line.add(current);
    return List.copyOf(line);
  }
}
