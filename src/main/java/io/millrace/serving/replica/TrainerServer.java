package io.millrace.serving.replica;

import io.millrace.serving.model.ServingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The trainer's REST interface, as a replica asks it. Blocks; any thread. */
final class TrainerServer {

  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final String url;
  private final Optional<String> key;

  /**
   * @param url of its versions, as in {@code http://trainer:8080/api/v1/versions}
   * @param key one of its download keys
   */
  TrainerServer(String url, Optional<String> key) {
    this.url = url.replaceFirst("/+$", "");
    this.key = key;
  }

  /** As the settings want it; empty where they name none. */
  static Optional<TrainerServer> of(ServingSettings settings) {
    return settings.artifactsUrl().map(url -> new TrainerServer(url, settings.downloadKey()));
  }

  /** Of its versions, without a slash at the end. */
  String url() {
    return url;
  }

  /**
   * By the JDK's older client, for its timeout ends a silence within the body, too.
   *
   * @return the caller's to close
   * @throws IOException also for any answer but 200
   */
  InputStream open(URI address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout((int) SILENCE.toMillis());
    connection.setReadTimeout((int) SILENCE.toMillis());
    connection.setInstanceFollowRedirects(false); // the key is for this server
    key.ifPresent(known -> connection.setRequestProperty("Authorization", "Bearer " + known));
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      connection.disconnect();
      throw new IOException("the server answers " + status);
    }
    return connection.getInputStream();
  }
}
