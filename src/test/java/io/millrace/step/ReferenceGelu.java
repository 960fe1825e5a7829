package io.millrace.step;

/** The exact GELU, {@code x Φ(x)} (Hendrycks and Gimpel, arXiv:1606.08415), not its tanh fit. */
final class ReferenceGelu {

  private ReferenceGelu() {}

  static double value(double x) {
    return x * cdf(x);
  }

  static double derivative(double x) {
    return cdf(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * The error function by its series {@code 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!} (Abramowitz and
   * Stegun 7.1.6), whose terms have one sign, so that nothing cancels.
   */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x); // the rest is below 1e-16
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private static double cdf(double x) {
    return (1 + erf(x / Math.sqrt(2))) / 2;
  }
}
