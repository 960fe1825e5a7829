package io.millrace.pipeline;

import java.util.Optional;
import java.util.OptionalLong;

/** A source that knows no lag and shows no positions. */
final class NoLag implements InputProgress {

  @Override
  public OptionalLong lag(InputPositions positions) {
    return OptionalLong.empty();
  }

  @Override
  public Optional<String> missing(InputPositions positions) {
    return Optional.empty();
  }

  @Override
  public void rejoin() {}
}
