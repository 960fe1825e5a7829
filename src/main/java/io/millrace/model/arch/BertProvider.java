package io.millrace.model.arch;

/** Reads Hugging Face's BERTs. */
public final class BertProvider implements ArchitectureProvider {

  @Override
  public String modelType() {
    return BertConfigJson.MODEL_TYPE;
  }

  @Override
  public Architecture read(ConfigFile config) {
    return new Bert(BertConfigJson.of(config));
  }
}
