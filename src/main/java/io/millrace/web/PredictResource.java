package io.millrace.web;

import io.millrace.example.ExampleSettings;
import io.millrace.serving.Predictions;
import io.millrace.serving.Predictor;
import io.millrace.serving.ServingSettings;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Answers of the current version. */
@Path("/api/v1/predict")
@Tag(name = "Predictions")
public class PredictResource {

  private final Predictor predictor;
  private final int maxInputs;
  private final int maxCharacters;

  PredictResource(Predictor predictor, ServingSettings serving, ExampleSettings examples) {
    this.predictor = predictor;
    this.maxInputs = serving.maxInputs();
    this.maxCharacters = examples.maxTextCharacters();
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Blocking
  @Operation(
      summary = "Classify texts with the current version",
      description = "Texts longer than the model reads are cut. Nothing of them is kept or logged.")
  @APIResponse(responseCode = "200", description = "One prediction per input, in order")
  @APIResponse(responseCode = "400", description = "The body breaks a rule, which is named")
  @APIResponse(responseCode = "503", description = "No version is published yet")
  public Predictions predict(PredictRequest request) {
    if (request == null) {
      throw RefusedException.invalid("The body is empty");
    }
    return predictor.predict(request.checked(maxInputs, maxCharacters));
  }
}
