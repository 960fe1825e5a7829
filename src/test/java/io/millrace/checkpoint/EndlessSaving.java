package io.millrace.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A process that saves checkpoints until it is killed; prints the step of each one saved. */
final class EndlessSaving {

  static final int VALUES = 500_000;

  private EndlessSaving() {}

  public static void main(String[] folder) throws IOException {
    CheckpointStore store = new FolderCheckpointStore(Path.of(folder[0]), 2);
    long step = store.newest().map(saved -> saved.checkpoint().step()).orElse(0L);
    while (true) {
      step++;
      Units.save(store, Units.at(step, VALUES));
      System.out.println(step);
    }
  }
}
