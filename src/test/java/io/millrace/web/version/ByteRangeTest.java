package io.millrace.web.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

  private static final long SIZE = 100;

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9, 0, 9",
    "bytes=90-, 90, 99",
    "bytes=-10, 90, 99",
    "bytes=-1000, 0, 99",
    "bytes=50-1000, 50, 99",
    "bytes=99-99, 99, 99",
    "bytes= 0 - 9, 0, 9",
  })
  void aRangeIsCutToTheFile(String header, long first, long last) throws Exception {
    assertThat(ByteRange.parse(header, SIZE)).contains(new ByteRange(first, last));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=9-0",
        "bytes=0-1,5-6",
        "bytes=a-b",
        "lines=0-1",
        "bytes=99999999999999999999999-"
      })
  void whatIsNoSingleRangeMeansTheWholeFile(String header) throws Exception {
    assertThat(ByteRange.parse(header, SIZE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
  void aRangeBehindTheEndCannotBeSatisfied(String header) {
    assertThatThrownBy(() -> ByteRange.parse(header, SIZE))
        .isInstanceOf(ByteRange.UnsatisfiableException.class);
  }

  @Test
  void anEmptyFileHasNoRange() {
    assertThatThrownBy(() -> ByteRange.parse("bytes=0-", 0))
        .isInstanceOf(ByteRange.UnsatisfiableException.class);
  }

  @Test
  void bothEndsCount() {
    assertThat(new ByteRange(5, 9).length()).isEqualTo(5);
  }
}
