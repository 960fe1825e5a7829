package io.millrace.model.block;

/** Names of the two parts of a map, as PyTorch names them. */
final class Names {

  private Names() {}

  static String weight(String map) {
    return map + ".weight";
  }

  static String bias(String map) {
    return map + ".bias";
  }
}
