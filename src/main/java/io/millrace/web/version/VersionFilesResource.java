package io.millrace.web.version;

import io.millrace.version.ArtifactFile;
import io.millrace.version.VersionStore;
import io.millrace.web.problem.Problem;
import io.millrace.web.problem.RefusedException;
import io.millrace.web.security.Roles;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.PathPart;

/**
 * A version's files. Only names in the version's own list are looked up, so no path leaves its
 * folder. The entity tag is the file's sha256.
 */
@Path("/api/v1/versions/{version}/files/{file}")
@Blocking
@Tag(name = "Versions")
@RolesAllowed({Roles.ADMIN, Roles.DOWNLOAD})
public class VersionFilesResource {

  private final VersionStore store;

  VersionFilesResource(VersionStore store) {
    this.store = store;
  }

  @GET
  @Operation(
      summary = "Download a file of a version",
      description = "One byte range a request; the entity tag is the file's sha256.")
  @APIResponse(
      responseCode = "200",
      description = "The file",
      content = {
        @Content(mediaType = "application/json"),
        @Content(mediaType = "text/plain"),
        @Content(mediaType = "application/octet-stream")
      })
  @APIResponse(
      responseCode = "206",
      description = "The range asked for",
      content = {
        @Content(mediaType = "application/json"),
        @Content(mediaType = "text/plain"),
        @Content(mediaType = "application/octet-stream")
      })
  @APIResponse(responseCode = "304", description = "The caller has it already")
  @APIResponse(responseCode = "401", description = "It needs a credential")
  @APIResponse(responseCode = "404", description = "No such version or file")
  @APIResponse(responseCode = "416", description = "The range starts after the file's end")
  public Response get(
      @PathParam("version") long version,
      @PathParam("file") String name,
      @Parameter(hidden = true) @HeaderParam("Range") String range,
      @Parameter(hidden = true) @HeaderParam("If-Range") String ifRange,
      @Context Request request) {
    ArtifactFile file = find(version, name);
    java.nio.file.Path path = store.file(version, name).orElseThrow(() -> missing(version));
    EntityTag tag = new EntityTag(file.sha256());
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    if (unchanged != null) {
      return headers(unchanged, file).build();
    }
    boolean rangeHolds = ifRange == null || ifRange.equals('"' + file.sha256() + '"');
    Optional<ByteRange> part;
    try {
      part = ByteRange.parse(rangeHolds ? range : null, file.size());
    } catch (ByteRange.UnsatisfiableException e) {
      return unsatisfiable(file);
    }
    ByteRange sent = part.orElse(new ByteRange(0, file.size() - 1));
    Response.ResponseBuilder response =
        headers(Response.status(part.isPresent() ? 206 : 200), file)
            .type(contentType(name))
            .entity(new PathPart(path, sent.first(), sent.length()));
    part.ifPresent(
        bytes ->
            response.header(
                "Content-Range",
                "bytes " + bytes.first() + "-" + bytes.last() + "/" + file.size()));
    return response.build();
  }

  @HEAD
  @Operation(summary = "A file's size and sha256")
  @APIResponse(
      responseCode = "200",
      description = "They are in the headers",
      content = {
        @Content(mediaType = "application/json"),
        @Content(mediaType = "text/plain"),
        @Content(mediaType = "application/octet-stream")
      })
  @APIResponse(responseCode = "404", description = "No such version or file")
  public Response head(@PathParam("version") long version, @PathParam("file") String name) {
    ArtifactFile file = find(version, name);
    return headers(Response.ok(), file)
        .type(contentType(name))
        .header(HttpHeaders.CONTENT_LENGTH, file.size())
        .build();
  }

  private ArtifactFile find(long version, String name) {
    return VersionsResource.find(store, version).files().stream()
        .filter(file -> file.name().equals(name))
        .findFirst()
        .orElseThrow(() -> missing(version));
  }

  private static RefusedException missing(long version) {
    return RefusedException.missing("Version " + version + " has no such file");
  }

  private static Response.ResponseBuilder headers(
      Response.ResponseBuilder response, ArtifactFile file) {
    return response
        .tag(new EntityTag(file.sha256()))
        .header("Accept-Ranges", "bytes")
        .header(HttpHeaders.CACHE_CONTROL, "no-cache");
  }

  private static Response unsatisfiable(ArtifactFile file) {
    return Problem.of(416, "The range starts after the file's last byte")
        .response()
        .header("Content-Range", "bytes */" + file.size())
        .build();
  }

  private static String contentType(String name) {
    if (name.endsWith(".json")) {
      return "application/json";
    }
    return name.endsWith(".md") || name.endsWith(".txt")
        ? "text/plain;charset=utf-8"
        : "application/octet-stream";
  }
}
