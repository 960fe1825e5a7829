package io.millrace.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** Sends every body with its first byte changed: signed before, damaged since. */
final class DamagingClient implements SdkHttpClient {

  private final SdkHttpClient client = UrlConnectionHttpClient.create();

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return client.prepareRequest(
        request.contentStreamProvider().isEmpty()
            ? request
            : HttpExecuteRequest.builder()
                .request(request.httpRequest())
                .contentStreamProvider(damaged(request.contentStreamProvider().get()))
                .build());
  }

  private static ContentStreamProvider damaged(ContentStreamProvider whole) {
    return () -> {
      try (InputStream in = whole.newStream()) {
        byte[] body = in.readAllBytes();
        body[0]++;
        return new ByteArrayInputStream(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
