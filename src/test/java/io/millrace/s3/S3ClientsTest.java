package io.millrace.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.S3Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.S3Client;

/** What a client would send; nothing is sent. */
class S3ClientsTest {

  private final List<SdkHttpRequest> requests = new ArrayList<>();

  @Test
  void bodiesAreSignedOverTlsToo() {
    // When
    SdkHttpRequest request =
        put(Map.of("endpoint", "https://s3.example.com", "path-style", "true"));

    // Then the signature has the sha256 of "hello"
    assertThat(request.firstMatchingHeader("x-amz-content-sha256"))
        .contains("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assertThat(request.encodedPath()).isEqualTo("/models/key");
    assertThat(request.headers().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("trailer"))
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("checksum"));
  }

  @Test
  void aBucketIsPartOfTheHostsNameUnlessItIsToBePartOfThePath() {
    assertThat(put(Map.of("region", "eu-north-1")).getUri())
        .hasToString("https://models.s3.eu-north-1.amazonaws.com/key");
  }

  @Test
  void anEndpointThatIsNoServerIsRefusedWithTheSettingsName() {
    assertThatThrownBy(
            () ->
                new S3Artifacts(
                        S3Configs.of(Map.of("bucket", "models", "endpoint", "minio")), "mail")
                    .store())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("millrace.artifacts.s3.* name no server: ");
  }

  private SdkHttpRequest put(Map<String, String> settings) {
    try (S3Client client =
        S3Clients.builder(S3Configs.of(settings))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        S3Server.CREDENTIALS.get("aws.accessKeyId"),
                        S3Server.CREDENTIALS.get("aws.secretAccessKey"))))
            .overrideConfiguration(all -> all.addExecutionInterceptor(new NothingIsSent()))
            .build()) {
      assertThatThrownBy(
              () ->
                  client.putObject(
                      request -> request.bucket("models").key("key"),
                      RequestBody.fromString("hello")))
          .hasMessageStartingWith("not sent");
    }
    return requests.get(0);
  }

  private final class NothingIsSent implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes all) {
      requests.add(context.httpRequest());
      throw SdkClientException.builder().message("not sent").build();
    }
  }
}
