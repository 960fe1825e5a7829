package io.millrace.web.version;

import io.millrace.lineage.RollBackTargets;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionLine;
import io.millrace.version.VersionStore;
import io.millrace.web.problem.RefusedException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** The versions in the store. */
@Path("/api/v1/versions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "Versions")
public class VersionsResource {

  private static final Logger LOG = Logger.getLogger(VersionsResource.class);

  private final VersionStore store;
  private final RollBackTargets targets;

  VersionsResource(VersionStore store, RollBackTargets targets) {
    this.store = store;
    this.targets = targets;
  }

  @GET
  @Operation(
      summary = "The versions kept, newest first",
      description =
          "Which is current, which were rolled back, and which one can roll back to. Old ones are"
              + " pruned by count; the versions topic keeps every announcement.")
  public List<ListedVersion> list() {
    List<ModelVersion> kept = store.list();
    VersionLine line = VersionLine.of(kept, store.current());
    List<Long> restorable = restorable();
    return kept.stream()
        .sorted(Comparator.comparingLong(ModelVersion::version).reversed())
        .map(
            version ->
                new ListedVersion(
                    version,
                    line.standing(version.version()),
                    restorable.contains(version.version())))
        .toList();
  }

  private List<Long> restorable() {
    try {
      return targets.versions();
    } catch (IOException e) {
      LOG.warnf("which versions one can roll back to is not known: %s", e.getMessage());
      return List.of();
    }
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
    return store
        .find(version)
        .orElseThrow(() -> RefusedException.missing("There is no version " + version));
  }
}
