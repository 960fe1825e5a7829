package io.millrace.owner;

import io.millrace.config.PipelineException;
import io.millrace.identity.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The checkpoint is not gone on from, because it belongs to something else than what is here.
 * Nothing was changed; only an operator can help.
 */
public final class TakeOverRefusedException extends PipelineException {

  private static final long serialVersionUID = 1L;

  private final transient List<Refusal> refusals;

  /**
   * @param refusals every reason, one at least
   */
  public TakeOverRefusedException(String model, List<Refusal> refusals) {
    super(
        "model %s is not taken over, its store is as it was: %s"
            .formatted(
                model,
                refusals.stream()
                    .map(one -> one.cause() + ". " + one.remedy())
                    .collect(Collectors.joining("; "))));
    this.refusals = List.copyOf(refusals);
  }

  /** What differs, in one line. */
  public String causes() {
    return refusals.stream().map(Refusal::cause).collect(Collectors.joining("; "));
  }

  /** What to do about it, in one line. */
  public String remedies() {
    return refusals.stream().map(Refusal::remedy).collect(Collectors.joining("; "));
  }
}
