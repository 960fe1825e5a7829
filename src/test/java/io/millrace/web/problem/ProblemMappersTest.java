package io.millrace.web.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.millrace.storage.Json;
import io.millrace.web.PredictRequest;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.junit.jupiter.api.Test;

class ProblemMappersTest {

  private final ProblemMappers mappers = new ProblemMappers(new AllowedMethods());

  @Test
  void aProblemHasTheMediaTypeStatusAndWordsOfRfc9457() {
    // When
    Response response = mappers.refused(RefusedException.missing("There is no version 9"));

    // Then
    assertThat(response.getStatus()).isEqualTo(404);
    assertThat(response.getMediaType()).hasToString("application/problem+json");
    assertThat(response.getEntity())
        .isEqualTo(new Problem("about:blank", "Not Found", 404, "There is no version 9"));
  }

  @Test
  void aFieldOfTheWrongTypeIsNamedAndNotQuoted() {
    // Given
    MismatchedInputException wrong =
        catchThrowableOfType(
            MismatchedInputException.class, () -> read("{\"text\": [\"my secret\"]}"));

    // Then
    assertThat(detail(mappers.mismatch(wrong)))
        .isEqualTo("The body's field text has the wrong type at line 1, column 10");
  }

  @Test
  void brokenJsonIsLocatedAndNotQuoted() {
    // Given
    JsonParseException broken =
        catchThrowableOfType(JsonParseException.class, () -> read("{\"text\": my secret}"));

    // Then
    String direct = detail(mappers.json(broken));
    assertThat(direct)
        .startsWith("The body is not the JSON expected at line 1, column ")
        .doesNotContain("secret");
    assertThat(detail(mappers.framework(new WebApplicationException(broken, 400))))
        .isEqualTo(direct);
  }

  @Test
  void theFrameworksOwnMessagesAreNotPassedOn() {
    assertThat(detail(mappers.framework(new NotFoundException("no method /x?text=secret"))))
        .isEqualTo("There is nothing here");
  }

  @Test
  void anUnexpectedFailureShowsOnlyWhereToLook() {
    // When
    Response response = mappers.unexpected(new IllegalStateException("my secret"));

    // Then
    assertThat(response.getStatus()).isEqualTo(500);
    assertThat(detail(response)).startsWith("The service failed; its log has the cause under ");
  }

  private static Object read(String body) throws Exception {
    return Json.MAPPER.readValue(body, PredictRequest.class);
  }

  private static String detail(Response response) {
    return ((Problem) response.getEntity()).detail();
  }
}
