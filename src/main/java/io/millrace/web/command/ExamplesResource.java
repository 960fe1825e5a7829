package io.millrace.web.command;

import io.millrace.config.PipelineException;
import io.millrace.example.Partition;
import io.millrace.lineage.ExampleSearch;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.web.history.WebSettings;
import io.millrace.web.problem.RefusedException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** What became of single examples; never their texts. */
@Path("/api/v1/examples")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "Training")
public class ExamplesResource {

  private static final Logger LOG = Logger.getLogger(ExamplesResource.class);

  private final ExampleSearch search;
  private final WebSettings settings;
  private final OneSearch one = new OneSearch();

  ExamplesResource(ExampleSearch search, WebSettings settings) {
    this.search = search;
    this.settings = settings;
  }

  @GET
  @Path("{id: .+}")
  @Operation(
      summary = "What became of an example, and which versions were trained on it",
      description =
          "By its id, or topic-partition@offset for a record without one. Reads the whole input"
              + " that the broker still holds: for questions now and then, one at a time.")
  @APIResponse(responseCode = "200", description = "Its records, each with its outcome")
  @APIResponse(responseCode = "404", description = "No record that is left has this id")
  @APIResponse(responseCode = "503", description = "Another search runs, or it took too long")
  public ExampleSearch.Found find(@PathParam("id") String id) throws InterruptedException {
    return one.run(() -> look(id));
  }

  private ExampleSearch.Found look(String id) throws InterruptedException {
    try {
      ExampleSearch.Found found = search.find(id, settings.exampleSearch());
      if (found.records().isEmpty()) {
        throw RefusedException.missing(
            "No record with this id; looked through " + words(found.searched()));
      }
      return found;
    } catch (PipelineException e) {
      LOG.warnf("an example could not be looked up: %s", e.getMessage());
      throw RefusedException.unavailable("The search failed: " + e.getMessage());
    }
  }

  private static String words(Map<Partition, OffsetRange> searched) {
    return searched.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            part ->
                "%s from offset %d to %d"
                    .formatted(part.getKey(), part.getValue().from(), part.getValue().to()))
        .collect(Collectors.joining(", "));
  }
}
