package io.millrace.web;

import io.millrace.input.ExampleSettings;
import io.millrace.input.TextRules;
import io.millrace.serving.Predictions;
import io.millrace.serving.Predictor;
import io.millrace.serving.VersionChoice;
import io.millrace.serving.model.ServingSettings;
import io.millrace.serving.model.TextInput;
import io.millrace.serving.model.UnsupportedInputException;
import io.millrace.web.problem.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** Answers of the current version, or another that is loaded. Event loop. */
@Path("/api/v1/predict")
@Tag(name = "Predictions")
public class PredictResource {

  static final String VERSION = "Millrace-Version";
  static final String CANARY_KEY = "Millrace-Canary-Key";

  private final Predictor predictor;
  private final int maxInputs;
  private final TextRules rules;

  PredictResource(Predictor predictor, ServingSettings serving, ExampleSettings examples) {
    this.predictor = predictor;
    this.maxInputs = serving.maxInputs();
    this.rules = new TextRules(examples.maxTextCharacters());
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Classify texts with the current version",
      description = "Texts longer than the model reads are cut. Nothing of them is kept or logged.")
  @APIResponse(
      responseCode = "200",
      description = "One prediction per input, in order; the header Millrace-Version says whose")
  @APIResponse(responseCode = "400", description = "Body or header breaks a rule, which is named")
  @APIResponse(responseCode = "404", description = "The version asked for is not loaded here")
  @APIResponse(
      responseCode = "503",
      description = "No version is published yet, or too many texts wait for an answer")
  public Uni<RestResponse<Predictions>> predict(
      PredictRequest request,
      @Parameter(description = "current, previous, pinned or a number; the settings' choice else")
          @HeaderParam(VERSION)
          String version,
      @Parameter(description = "Requests of one key are all answered by canary or pinned version")
          @HeaderParam(CANARY_KEY)
          String canaryKey) {
    if (request == null) {
      throw RefusedException.invalid("The body is empty");
    }
    List<TextInput> inputs = request.checked(maxInputs, rules);
    VersionChoice choice = choice(version, canaryKey);
    return Uni.createFrom()
        .completionStage(() -> predictor.predict(inputs, choice))
        .onFailure(UnsupportedInputException.class)
        .transform(e -> refused(request, (UnsupportedInputException) e))
        .map(
            answer ->
                RestResponse.ResponseBuilder.ok(request.cut(answer))
                    .header(VERSION, answer.version())
                    .build());
  }

  private static RefusedException refused(PredictRequest request, UnsupportedInputException e) {
    return RefusedException.invalid(request.field(e.index()) + ": " + e.getMessage());
  }

  private static VersionChoice choice(String version, String canaryKey) {
    try {
      return version == null
          ? new VersionChoice.Routed(Optional.ofNullable(canaryKey))
          : VersionChoice.parse(version);
    } catch (IllegalArgumentException e) {
      throw RefusedException.invalid("The header " + VERSION + ": " + e.getMessage());
    }
  }
}
