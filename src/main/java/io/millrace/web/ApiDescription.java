package io.millrace.web;

import io.millrace.web.problem.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Adds to the API's description what holds for every resource, and what the generator cannot see:
 * undefined numbers are null ({@link UndefinedAsNull}), an absent field of a request may be null,
 * and each refusal and failure is a {@link Problem}. At build time.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PROBLEM = "Problem";

  @Override
  public void filterOpenAPI(OpenAPI api) {
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    for (Schema schema : schemas.values()) {
      properties(schema).forEach(ApiDescription::undefinedIsNull);
    }
    api.getPaths()
        .getPathItems()
        .values()
        .forEach(
            path ->
                path.getOperations()
                    .values()
                    .forEach(
                        operation -> {
                          absentIsNull(operation, schemas);
                          refusalsAreProblems(operation);
                        }));
    api.getComponents().addSchema(PROBLEM, problem());
  }

  private static void undefinedIsNull(Schema property) {
    if ("double".equals(property.getFormat())) {
      orNull(property);
    }
    if (property.getItems() != null) {
      undefinedIsNull(property.getItems());
    }
    if (property.getAdditionalPropertiesSchema() != null) {
      undefinedIsNull(property.getAdditionalPropertiesSchema());
    }
  }

  private static void absentIsNull(Operation operation, Map<String, Schema> schemas) {
    if (operation.getRequestBody() == null) {
      return;
    }
    operation
        .getRequestBody()
        .getContent()
        .getMediaTypes()
        .values()
        .forEach(body -> absentIsNull(body.getSchema(), schemas));
  }

  /** Requests are trees, so this ends. */
  private static void absentIsNull(Schema given, Map<String, Schema> schemas) {
    Schema schema =
        given.getRef() == null ? given : schemas.get(given.getRef().substring(SCHEMAS.length()));
    List<String> required = schema.getRequired() == null ? List.of() : schema.getRequired();
    if (schema.getProperties() == null) {
      return;
    }
    schema
        .getProperties()
        .forEach(
            (name, property) -> {
              if (!required.contains(name)) {
                orNull(property);
              }
              if (property.getItems() != null) {
                absentIsNull(property.getItems(), schemas);
              }
            });
  }

  private static void orNull(Schema property) {
    if (property.getType() != null && !property.getType().contains(SchemaType.NULL)) {
      List<SchemaType> types = new ArrayList<>(property.getType());
      types.add(SchemaType.NULL);
      property.setType(types);
    }
  }

  private static List<Schema> properties(Schema schema) {
    return schema.getProperties() == null
        ? List.of()
        : List.copyOf(schema.getProperties().values());
  }

  private static void refusalsAreProblems(Operation operation) {
    Map<String, APIResponse> responses = operation.getResponses().getAPIResponses();
    responses.forEach(
        (status, response) -> {
          if (status.startsWith("4") || status.startsWith("5")) {
            response.setContent(problems());
          }
        });
    if (!responses.containsKey("default")) {
      operation
          .getResponses()
          .addAPIResponse(
              "default",
              OASFactory.createAPIResponse()
                  .description("Any other refusal or failure")
                  .content(problems()));
    }
  }

  private static Content problems() {
    return OASFactory.createContent()
        .addMediaType(
            Problem.MEDIA_TYPE,
            OASFactory.createMediaType().schema(OASFactory.createSchema().ref(SCHEMAS + PROBLEM)));
  }

  private static Schema problem() {
    return OASFactory.createSchema()
        .addType(SchemaType.OBJECT)
        .description("An error (RFC 9457)")
        .addProperty("type", type(SchemaType.STRING))
        .addProperty("title", type(SchemaType.STRING))
        .addProperty("status", type(SchemaType.INTEGER))
        .addProperty("detail", type(SchemaType.STRING))
        .required(List.of("type", "title", "status", "detail"));
  }

  private static Schema type(SchemaType type) {
    return OASFactory.createSchema().addType(type);
  }
}
