package io.millrace.owner;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.identity.Accepted;
import io.millrace.identity.BaseIdentity;
import io.millrace.identity.IdentityCheck;
import io.millrace.identity.IdentityCheck.Found;
import io.millrace.identity.InputSource;
import io.millrace.identity.Refusal;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.RunIdentity.TopicIdentity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Whether the newest unit belongs to the cluster, topics, base and settings at hand.
 *
 * @param before what the unit belongs to
 * @param now what units belong to from here on, topics that are read anew aside
 * @param result what differs, all of it accepted
 */
public record Identification(RunIdentity before, RunIdentity now, IdentityCheck.Result result) {

  private static final Logger LOG = Logger.getLogger(Identification.class);

  /**
   * Compares them. The first owner of a store puts its identity there.
   *
   * @param saved the newest unit; empty where there is none yet
   * @throws TakeOverRefusedException where something differs that nobody accepts
   */
  static Identification of(
      PipelineConfig config,
      Stores stores,
      InputSource source,
      BaseIdentity base,
      Optional<CheckpointStore.Saved> saved)
      throws IOException, InterruptedException {
    Optional<RunIdentity> store = stores.identity().read();
    RunIdentity before = before(saved, store);
    RunIdentity now = now(config, source, base, before);
    Found found =
        new Found(
            source,
            saved.map(unit -> CheckpointParts.progress(unit.checkpoint()).next()).orElse(Map.of()),
            saved
                .map(unit -> CheckpointParts.progress(unit.checkpoint()).lastRead())
                .orElse(Map.of()),
            base,
            config.training().seed());
    IdentityCheck.Result result =
        new IdentityCheck(before, found, Accepted.of(config.accept())).result();
    List<Refusal> refusals =
        saved.isPresent()
            ? result.refusals()
            // Without a unit nothing was learned that could belong to another topic.
            : result.refusals().stream().filter(one -> !isOfTopic(one)).toList();
    if (!refusals.isEmpty()) {
      throw new TakeOverRefusedException(config.model().name(), refusals);
    }
    if (saved.isPresent() && !result.unchecked().isEmpty()) {
      LOG.warnf(
          "model %s: it could not be checked whether checkpoint %s was made with the same %s; what is found is taken for it",
          config.model().name(), saved.get().id(), String.join(", ", result.unchecked()));
    }
    requireFirst(config.model().name(), stores, store, now);
    return new Identification(before, now, result);
  }

  private static boolean isOfTopic(Refusal refusal) {
    return refusal.cause().startsWith("topic ");
  }

  /** The unit's own; what it does not say, the store may. */
  private static RunIdentity before(
      Optional<CheckpointStore.Saved> saved, Optional<RunIdentity> store) {
    if (saved.isEmpty()) {
      RunIdentity known = store.orElse(RunIdentity.NONE);
      return new RunIdentity(
          known.cluster(), known.topics(), Optional.empty(), Optional.empty(), Map.of(), List.of());
    }
    RunIdentity unit = CommitParts.standing(saved.get().checkpoint()).identity();
    return new RunIdentity(
        unit.cluster().or(() -> store.flatMap(RunIdentity::cluster)),
        unit.topics(),
        unit.base(),
        unit.seed(),
        unit.settings(),
        unit.changes());
  }

  private static RunIdentity now(
      PipelineConfig config, InputSource source, BaseIdentity base, RunIdentity before) {
    Map<String, TopicIdentity> topics = new TreeMap<>(before.topics());
    for (String topic : source.topics()) {
      Optional<String> id =
          Optional.ofNullable(source.topicIds().get(topic))
              .or(() -> Optional.ofNullable(topics.get(topic)).flatMap(TopicIdentity::id));
      topics.put(topic, new TopicIdentity(id, before.epoch(topic)));
    }
    return new RunIdentity(
        source.cluster().or(before::cluster),
        topics,
        Optional.of(base),
        Optional.of(config.training().seed()),
        config.shapingTraining(),
        before.changes());
  }

  /** Of two clusters that begin at once on an empty store, one is let. */
  private static void requireFirst(
      String model, Stores stores, Optional<RunIdentity> store, RunIdentity now)
      throws IOException {
    RunIdentity kept = stores.identity().createIfAbsent(now);
    if (store.isEmpty() && kept.cluster().isPresent() && !kept.cluster().equals(now.cluster())) {
      throw new TakeOverRefusedException(
          model,
          List.of(
              new Refusal(
                  "the store belongs to Kafka cluster %s, the broker is of cluster %s"
                      .formatted(kept.cluster().get(), now.cluster().orElse("unknown")),
                  "Give this cluster a store of its own (millrace.store)")));
    }
  }

  /** Brings the store's own copy up to date. */
  void keep(Stores stores) throws IOException {
    if (!stores.identity().read().equals(Optional.of(now))) {
      stores.identity().replace(now);
    }
  }

  /** Whether what was trained behind the unit was of topics that are gone. */
  boolean losesWhatFollows() {
    return result.changesPositions()
        || result.refusals().stream().anyMatch(Identification::isOfTopic);
  }
}
