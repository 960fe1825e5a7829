package io.millrace.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.web.PredictResource;
import io.millrace.web.live.StatusResource;
import io.millrace.web.version.VersionsResource;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class AllowedMethodsTest {

  @Test
  void aPathAllowsWhatItsResourceMethodsAnswer() {
    // Given
    AllowedMethods allowed = new AllowedMethods();
    for (Class<?> resource :
        new Class<?>[] {PredictResource.class, VersionsResource.class, StatusResource.class}) {
      for (Method method : resource.getMethods()) {
        if (method.getDeclaringClass() == resource) {
          allowed.configure(new Found(resource, method), null);
        }
      }
    }

    // Then
    assertThat(allowed.on("/api/v1/predict")).isEqualTo("OPTIONS, POST");
    assertThat(allowed.on("/api/v1/versions")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(allowed.on("/api/v1/versions/7")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(allowed.on("/api/v1/metrics/history")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(allowed.on("/api/v1/versions/7/files")).isEmpty();
  }

  private record Found(Class<?> getResourceClass, Method getResourceMethod)
      implements ResourceInfo {}
}
