package io.millrace.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.storage.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** The REST interface writes undefined numbers as the topics do: null, for JSON has no NaN. */
@Singleton
class UndefinedAsNull implements ObjectMapperCustomizer {

  @Override
  public void customize(ObjectMapper mapper) {
    mapper.registerModule(Json.undefinedAsNull());
  }
}
