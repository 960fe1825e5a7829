package io.millrace.identity;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.storage.DurableFolder;
import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What each term was trained with, a small file each: so that a version can be trained again though
 * settings were changed on the way to it.
 */
public final class TermRecords {

  private final Path folder;

  /**
   * @param folder its own; made with the first record
   */
  public TermRecords(Path folder) {
    this.folder = folder;
  }

  /** Keeps a term's. On disk when this returns. */
  public void write(TermRecord term) throws IOException {
    DurableFolder.writeFile(file(term.term()), Json.MAPPER.writeValueAsBytes(term));
  }

  /** A term's; empty for one from before they were kept. */
  public Optional<TermRecord> of(long term) throws IOException {
    Path file = file(term);
    return Files.exists(file)
        ? Optional.of(Json.MAPPER.readValue(file.toFile(), TermRecord.class))
        : Optional.empty();
  }

  private Path file(long term) {
    return folder.resolve("%012d.json".formatted(term));
  }

  /**
   * A term.
   *
   * @param term its number
   * @param unit the checkpoint that it continued from; empty for the base
   * @param chunks trained before it
   * @param idleSteps taken before it
   * @param settings that shape training, by name without {@code millrace.}
   * @param base hashes of the base that it had
   * @param startedAt when it began
   */
  public record TermRecord(
      long term,
      @JsonProperty("unit") Optional<String> unit,
      long chunks,
      long idleSteps,
      Map<String, String> settings,
      BaseIdentity base,
      Instant startedAt) {

    public TermRecord {
      settings = Map.copyOf(settings);
    }
  }
}
