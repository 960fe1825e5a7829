package io.millrace.web;

import io.millrace.web.problem.RefusedException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The messages' contract as this release keeps it. The AsyncAPI document names the schemas by
 * relative references, so it can be read from here as it is.
 */
@Path("/api/v1/schemas")
@Blocking
@Tag(name = "Messages")
public class SchemasResource {

  private static final String SCHEMA = "application/schema+json";
  private static final String YAML = "application/yaml";

  /** A jar cannot be listed; a test holds this against the folder. */
  static final List<String> NAMES =
      List.of(
          "asyncapi.yaml",
          "commit-record.schema.json",
          "control-command.schema.json",
          "dead-letter-headers.schema.json",
          "example.schema.json",
          "metric-record.schema.json",
          "trainer-started.schema.json",
          "version-published.schema.json",
          "version-rolledback.schema.json");

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Names of the messages' schemas and of the AsyncAPI document")
  public List<String> list() {
    return NAMES;
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One of them")
  @APIResponse(
      responseCode = "200",
      description = "A JSON Schema, or the AsyncAPI document",
      content = {
        @Content(mediaType = SCHEMA, schema = @Schema(type = SchemaType.OBJECT)),
        @Content(mediaType = YAML, schema = @Schema(type = SchemaType.OBJECT))
      })
  @APIResponse(responseCode = "404", description = "No such file")
  public Response get(@PathParam("name") String name) throws IOException {
    if (!NAMES.contains(name)) {
      throw RefusedException.missing("There is no such schema");
    }
    try (InputStream in = SchemasResource.class.getResourceAsStream("/schemas/" + name)) {
      return Response.ok(in.readAllBytes()).type(name.endsWith(".yaml") ? YAML : SCHEMA).build();
    }
  }
}
