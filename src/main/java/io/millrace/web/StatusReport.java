package io.millrace.web;

import io.millrace.pipeline.DeviceMemory;
import io.millrace.pipeline.StatusView;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The service at one moment.
 *
 * @param time when
 * @param started true once the model is loaded and training runs
 * @param failure why training stopped for good, absent while it runs
 * @param servedVersion the version that answers predictions, absent before the first
 * @param servingProblem why another version answers than should, absent while it is right
 * @param memory what the process takes
 * @param deviceMemory what the device that trains has of its own, absent where it is a CPU
 * @param training the training loop's own view
 */
@Schema(name = "Status")
public record StatusReport(
    Instant time,
    boolean started,
    Optional<String> failure,
    Optional<Long> servedVersion,
    Optional<String> servingProblem,
    ProcessMemory memory,
    Optional<DeviceMemory> deviceMemory,
    StatusView.Status training) {}
