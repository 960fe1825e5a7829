package io.millrace.event;

/** Whoever wants to see training as it happens: the metrics topic, the page, the meters. */
public interface MetricsSink {

  /** Takes a record. Called on the training thread: must not block. */
  void accept(MetricRecord record);
}
