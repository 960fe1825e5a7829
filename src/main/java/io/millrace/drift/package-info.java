/**
 * Detection of drift in losses, labels and texts.
 *
 * <p>Start at {@link io.millrace.drift.DriftMonitor}, which asks each detector about every example
 * and says what follows as a {@link io.millrace.drift.DriftSignal}.
 *
 * <p>Floor 3.
 */
package io.millrace.drift;
