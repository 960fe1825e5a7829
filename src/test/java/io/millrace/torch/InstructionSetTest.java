package io.millrace.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstructionSetTest {

  @Test
  void theVectorInstructionsOfTheFirstProcessorAreNamedInOrder() {
    assertThat(
            InstructionSet.of(
                Stream.of(
                    "processor\t: 0",
                    "flags\t\t: fpu sse4_2 avx512f avx fma avx2 amx_tile",
                    "processor\t: 1",
                    "flags\t\t: fpu avx9")))
        .isEqualTo("amx_tile avx avx2 avx512f fma");
  }

  @Test
  void aProcessorThatDoesNotTellIsUnknown() {
    assertThat(InstructionSet.of(Stream.of("processor\t: 0"))).isEqualTo("unknown");
  }
}
