package io.millrace.run;

import io.millrace.event.MetricsSink;
import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.intake.InputProgress;
import io.millrace.intake.RecordLog;
import io.millrace.version.ArtifactStore;
import io.millrace.version.ModelVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where results go.
 *
 * @param onVersion told of each announced version
 * @param onLetter told of each dead letter that was sent
 * @param onAmendment told of each record that has an id, or retracts one
 * @param artifacts where others load versions from; empty where the store is that
 * @param log opens what the broker holds of the input
 */
record Sinks(
    List<MetricsSink> metrics,
    InputProgress input,
    Consumer<ModelVersion> onVersion,
    Consumer<DeadLetter> onLetter,
    Consumer<Amendment> onAmendment,
    Optional<ArtifactStore> artifacts,
    Supplier<RecordLog> log) {}
