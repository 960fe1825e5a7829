package io.millrace.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

/** Clients that speak what every server of the protocol understands. */
final class S3Clients {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private S3Clients() {}

  /**
   * A client; closed by the caller.
   *
   * @throws software.amazon.awssdk.core.exception.SdkClientException where no region is known
   */
  static S3Client of(S3Settings settings) {
    return builder(settings).build();
  }

  static S3ClientBuilder builder(S3Settings settings) {
    Optional<URI> endpoint = settings.endpoint();
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClient(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT)
                    .socketTimeout(settings.timeout())
                    .build())
            // The whole body's sha256 in the signature instead of checksums in trailers, which
            // servers other than AWS may not know.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .authSchemeProvider(signingBodies())
            .forcePathStyle(settings.pathStyle());
    settings
        .region()
        .map(Region::of)
        .or(() -> endpoint.map(any -> Region.US_EAST_1))
        .ifPresent(builder::region);
    endpoint.ifPresent(builder::endpointOverride);
    return builder;
  }

  /** Over TLS, too, where the SDK leaves bodies out of the signature by default. */
  private static S3AuthSchemeProvider signingBodies() {
    S3AuthSchemeProvider usual = S3AuthSchemeProvider.defaultProvider();
    return parameters ->
        usual.resolveAuthScheme(parameters).stream()
            .map(
                option ->
                    option.toBuilder()
                        .putSignerProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, true)
                        .build())
            .toList();
  }
}
