package io.millrace.web.problem;

import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error as RFC 9457 describes it, sent as {@code application/problem+json}.
 *
 * @param type always {@code about:blank}: the status says what kind
 * @param title the status in words
 * @param status the HTTP status
 * @param detail one sentence for a person; never the request's text
 */
@Schema(name = "Problem", description = "An error (RFC 9457)")
public record Problem(String type, String title, int status, String detail) {

  public static final String MEDIA_TYPE = "application/problem+json";

  /** Of a refusal that is the framework's. */
  public static Problem of(int status) {
    return of(
        status,
        switch (status) {
          case 401 ->
              "This needs a credential: Authorization: Bearer KEY, one of millrace.security.admin-keys"
                  + " or download-keys, or a token of the identity provider";
          case 403 -> "This credential does not allow it";
          case 404 -> "There is nothing here";
          case 405 -> "This method is not allowed here";
          case 406 -> "No representation that the Accept header allows";
          case 413 -> "The body is too large";
          case 415 -> "The body must be JSON (Content-Type: application/json)";
          case 429 -> "Too many requests; the header Retry-After has the seconds to wait";
          case 503 -> "Too much is asked at the moment";
          default -> "The request cannot be answered";
        });
  }

  public static Problem of(int status, String detail) {
    Response.Status known = Response.Status.fromStatusCode(status);
    return new Problem(
        "about:blank",
        known == null ? "Status " + status : known.getReasonPhrase(),
        status,
        detail);
  }

  public Response.ResponseBuilder response() {
    return Response.status(status).type(MEDIA_TYPE).entity(this);
  }
}
