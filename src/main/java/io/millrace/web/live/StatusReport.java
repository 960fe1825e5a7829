package io.millrace.web.live;

import io.millrace.problem.OpenProblem;
import io.millrace.report.StatusView;
import io.millrace.score.Confusion;
import io.millrace.torch.DeviceMemory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The service at one moment.
 *
 * @param time when
 * @param started true once the model is loaded and training runs
 * @param problem the gravest of what stands in the way, absent while nothing does
 * @param problems all of it, the gravest first
 * @param failure why training stopped for good, absent while it runs
 * @param servedVersion the version that answers predictions, absent before the first
 * @param servedNewestExampleAgeSeconds age of the newest example it was trained on
 * @param servingProblem why another version answers than should, absent while it is right
 * @param memory what the process takes
 * @param deviceMemory what the device that trains has of its own, absent where it is a CPU
 * @param training the training loop's own view
 * @param topConfusions the most frequent confusions of the last evaluation, at most ten; the matrix
 *     is at {@code /api/v1/evaluations/latest/confusion}
 */
@Schema(name = "Status")
public record StatusReport(
    Instant time,
    boolean started,
    Optional<OpenProblem> problem,
    List<OpenProblem> problems,
    Optional<String> failure,
    Optional<Long> servedVersion,
    Optional<Double> servedNewestExampleAgeSeconds,
    Optional<String> servingProblem,
    ProcessMemory memory,
    Optional<DeviceMemory> deviceMemory,
    StatusView.Status training,
    List<Confusion> topConfusions) {}
