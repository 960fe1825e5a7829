package io.millrace.rebuild;

import io.millrace.config.PipelineException;
import io.millrace.identity.InputSource;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.StoreIdentity;
import io.millrace.journal.JournalEntry;
import java.io.IOException;

/** Sees to it that the records read again are of the topics that were trained on. */
record RebuildOrigin(RunIdentity trained) {

  /**
   * @throws PipelineException where cluster or topics are others; names both
   */
  static RebuildOrigin of(StoreIdentity store, InputSource source) throws IOException {
    RunIdentity trained = store.read().orElse(RunIdentity.NONE);
    if (source.cluster().isPresent()
        && trained.cluster().isPresent()
        && !source.cluster().equals(trained.cluster())) {
      throw new PipelineException(
          "the store belongs to Kafka cluster %s, the broker is of cluster %s"
              .formatted(trained.cluster().get(), source.cluster().get()));
    }
    trained
        .topics()
        .forEach(
            (topic, identity) -> {
              String now = source.topicIds().get(topic);
              if (now != null && identity.id().isPresent() && !identity.id().get().equals(now)) {
                throw new PipelineException(
                    "topic %s was made anew: the model was trained on the one with the id %s, now it has %s"
                        .formatted(topic, identity.id().get(), now));
              }
            });
    return new RebuildOrigin(trained);
  }

  /**
   * @throws PipelineException where the records were of an earlier topic of that name
   */
  void requirePresent(JournalEntry.Run run) {
    String topic = run.partition().topic();
    if (run.epoch() != trained.epoch(topic)) {
      throw new PipelineException(
          "%s from offset %d to %d was of an earlier topic of that name, in the place of which another was accepted%s: its records are gone"
              .formatted(
                  run.partition(),
                  run.from(),
                  run.to(),
                  trained.since(topic).map(at -> " at " + at).orElse("")));
    }
  }
}
