package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that others copy; {@link ContractIT} runs it against a broker. */
class FollowVersionsTest {

  @Test
  void compilesWithoutWarningsOnKafkasClientAndJackson(@TempDir Path classes) {
    assertThatNoException().isThrownBy(() -> FollowerProcess.compile(classes));
  }
}
