package io.millrace.web;

import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionStore;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The versions in the store. */
@Path("/api/v1/versions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "Versions")
public class VersionsResource {

  private final VersionStore store;

  VersionsResource(VersionStore store) {
    this.store = store;
  }

  @GET
  @Operation(
      summary = "The versions kept, newest first",
      description = "Old ones are pruned by count; the versions topic keeps every announcement.")
  public List<ModelVersion> list() {
    return store.list().stream()
        .sorted(Comparator.comparingLong(ModelVersion::version).reversed())
        .toList();
  }

  @GET
  @Path("{version}")
  @Operation(summary = "One version: its scores, lineage and files")
  @APIResponse(responseCode = "200", description = "The version")
  @APIResponse(responseCode = "404", description = "No such version, or pruned")
  public ModelVersion get(@PathParam("version") long version) {
    return find(store, version);
  }

  /**
   * @throws RefusedException when the store does not hold it
   */
  static ModelVersion find(VersionStore store, long version) {
    return store.list().stream()
        .filter(kept -> kept.version() == version)
        .findFirst()
        .orElseThrow(() -> RefusedException.missing("There is no version " + version));
  }
}
