package io.millrace.web.live;

import io.millrace.web.history.WebSettings;
import io.millrace.web.live.EventHub.LiveEvent;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Training as it happens, as server-sent events. */
@Path("/api/v1/events")
@Tag(name = "Training")
public class EventsResource {

  private static final Logger LOG = Logger.getLogger(EventsResource.class);

  private final EventHub hub;
  private final StatusReports reports;
  private final WebSettings settings;

  EventsResource(EventHub hub, StatusReports reports, WebSettings settings) {
    this.hub = hub;
    this.reports = reports;
    this.settings = settings;
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(
      summary = "Follow training live",
      description =
          "Events 'step', 'chunk', 'evaluation', 'drift' and 'command' carry a metric record, 'version' a published"
              + " version, 'status' the status at regular times; all as JSON. Nothing is replayed:"
              + " read the history first. A reader that cannot keep up is disconnected.")
  @APIResponse(responseCode = "200", description = "An endless stream of events")
  @APIResponse(responseCode = "503", description = "Too many streams are open")
  public Multi<OutboundSseEvent> events(@Context Sse sse, @Context HttpServerRequest request) {
    Multi<LiveEvent> status =
        Multi.createFrom()
            .ticks()
            .every(settings.statusEvery())
            .onOverflow()
            .drop()
            .map(tick -> new LiveEvent("status", reports.now()));
    return Multi.createBy()
        .merging()
        .withRequests(EventHub.HANDED_OVER)
        .streams(hub.open(() -> cutOff(request)), status)
        .map(
            event ->
                sse.newEventBuilder()
                    .name(event.name())
                    .mediaType(MediaType.APPLICATION_JSON_TYPE)
                    .data(event.data())
                    .build());
  }

  /** Closes the connection, which ends the subscription; ending the response would wait for it. */
  private static void cutOff(HttpServerRequest request) {
    LOG.infof("The event stream to %s is closed: it is read too slowly", request.remoteAddress());
    request.connection().close();
  }
}
