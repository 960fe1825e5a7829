package io.millrace.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.storage.Json;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Versions as objects, a file each, and last the list of them: only with it a version is complete.
 * Every file carries its sha256 as metadata, so that it is not sent twice; every request carries
 * the sha256 of its body, signed, which the server compares.
 *
 * <p>What a server must have is in src/docs/how-to/s3.md; nothing else is used.
 */
final class S3ArtifactStore implements ArtifactStore {

  /** The last object of a version; no file of one may be named so. */
  static final String LIST = "millrace-files.json";

  /** Beside the versions: whose they are. */
  static final String CLUSTER = "millrace-cluster.json";

  private static final String JSON = "application/json";
  private static final String SHA256 = "sha256";
  static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;

  private final S3Client client;
  private final S3Location location;
  private final int partBytes;
  private final Map<String, FileInParts> unfinished = new HashMap<>();
  private final Set<VersionKey> abandoned = new HashSet<>();

  /**
   * @param client closed by the caller
   * @param partBytes size from which on a file is sent in parts
   */
  S3ArtifactStore(S3Client client, S3Location location, int partBytes) {
    this.client = client;
    this.location = location;
    this.partBytes = partBytes;
  }

  @Override
  public void claim(String cluster, boolean accepted) throws IOException {
    String key = location.folder() + CLUSTER;
    byte[] claim =
        Json.MAPPER.createObjectNode().put("cluster", cluster).toString().getBytes(UTF_8);
    try {
      Optional<byte[]> there = object(key);
      if (there.isEmpty() && putIfAbsent(key, claim)) {
        return;
      }
      byte[] known = there.isPresent() ? there.get() : object(key).orElseThrow();
      String other = Json.MAPPER.readTree(known).path("cluster").asText();
      if (other.equals(cluster)) {
        return;
      }
      if (!accepted) {
        throw new IOException(
            "the versions there are of Kafka cluster %s, the broker is of cluster %s: give this one another millrace.artifacts.s3.prefix or millrace.model.name, or accept the cluster (millrace.accept.new-cluster=%s@...)"
                .formatted(other, cluster, cluster));
      }
      client.putObject(
          request -> request.bucket(location.bucket()).key(key).contentType(JSON),
          RequestBody.fromBytes(claim));
    } catch (SdkException | IOException e) {
      throw new IOException("%s: %s".formatted(location.uri(key), e.getMessage()), e);
    }
  }

  /** Whether it was not there; what another was faster with stays. */
  private boolean putIfAbsent(String key, byte[] json) {
    try {
      client.putObject(
          request -> request.bucket(location.bucket()).key(key).contentType(JSON).ifNoneMatch("*"),
          RequestBody.fromBytes(json));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() != PRECONDITION_FAILED) {
        throw e;
      }
      return false;
    }
  }

  @Override
  public String send(VersionKey version, Path folder, List<ArtifactFile> files) throws IOException {
    String to = location.folder(version);
    try {
      if (abandoned.contains(version)) {
        remove(version);
      }
      byte[] list = Json.MAPPER.writeValueAsBytes(files);
      if (!isComplete(to, list)) {
        for (ArtifactFile file : files) {
          send(to + file.name(), folder.resolve(file.name()), file);
        }
        complete(to, list);
      }
      return location.uri(to);
    } catch (SdkException e) {
      throw new IOException("%s: %s".formatted(location.uri(to), e.getMessage()), e);
    }
  }

  private void send(String key, Path path, ArtifactFile file) throws IOException {
    if (isThere(key, file)) {
      unfinished.remove(key);
      return;
    }
    if (file.size() > partBytes) {
      FileInParts parts =
          unfinished.computeIfAbsent(
              key, absent -> new FileInParts(client, location, key, file, partBytes));
      parts.attempt(path);
      unfinished.remove(key);
      return;
    }
    byte[] content = Files.readAllBytes(path);
    if (!DigestUtils.sha256Hex(content).equals(file.sha256())) {
      throw new IOException(path + " has changed since it was hashed");
    }
    client.putObject(
        request -> request.bucket(location.bucket()).key(key).metadata(metadata(file)),
        RequestBody.fromBytes(content));
  }

  private boolean isThere(String key, ArtifactFile file) {
    try {
      HeadObjectResponse head =
          client.headObject(request -> request.bucket(location.bucket()).key(key));
      return head.contentLength() == file.size()
          && file.sha256().equals(head.metadata().get(SHA256));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * @throws IOException where a complete version of other files is there
   */
  private boolean isComplete(String folder, byte[] list) throws IOException {
    Optional<byte[]> found = object(folder + LIST);
    if (found.isPresent() && !Arrays.equals(found.get(), list)) {
      throw new IOException(
          "%s lists other files than were to be sent: another service writes to this place; one of the two needs another millrace.artifacts.s3.prefix or millrace.model.name"
              .formatted(location.uri(folder + LIST)));
    }
    return found.isPresent();
  }

  private Optional<byte[]> object(String key) {
    try {
      return Optional.of(
          client
              .getObjectAsBytes(request -> request.bucket(location.bucket()).key(key))
              .asByteArray());
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Where an answer was lost, the list is there already. */
  private void complete(String folder, byte[] list) throws IOException {
    if (!putIfAbsent(folder + LIST, list) && !isComplete(folder, list)) {
      throw new IOException(
          location.uri(folder + LIST) + " was there and is gone: it is tried again");
    }
  }

  @Override
  public void abandon(VersionKey version) {
    abandoned.add(version);
    unfinished.keySet().removeIf(key -> key.startsWith(location.folder(version)));
  }

  @Override
  public List<Held> held() throws IOException {
    try {
      Map<VersionKey, Boolean> complete = new TreeMap<>();
      for (S3Object object : objects(location.folder())) {
        location
            .version(object.key())
            .ifPresent(
                version ->
                    complete.merge(
                        version,
                        object.key().equals(location.folder(version) + LIST),
                        Boolean::logicalOr));
      }
      for (MultipartUpload upload : uploads(location.folder())) {
        location.version(upload.key()).ifPresent(version -> complete.putIfAbsent(version, false));
      }
      return complete.entrySet().stream()
          .map(entry -> new Held(entry.getKey(), entry.getValue()))
          .toList();
    } catch (SdkException e) {
      throw new IOException("%s: %s".formatted(location.uri(location.folder()), e.getMessage()), e);
    }
  }

  @Override
  public void remove(VersionKey version) throws IOException {
    String folder = location.folder(version);
    try {
      delete(folder + LIST); // first: without it the version is not complete
      for (MultipartUpload upload : uploads(folder)) {
        abort(upload);
      }
      for (S3Object object : objects(folder)) {
        delete(object.key());
      }
      unfinished.keySet().removeIf(key -> key.startsWith(folder));
      abandoned.remove(version);
    } catch (SdkException e) {
      throw new IOException("%s: %s".formatted(location.uri(folder), e.getMessage()), e);
    }
  }

  private void delete(String key) {
    client.deleteObject(request -> request.bucket(location.bucket()).key(key));
  }

  private void abort(MultipartUpload upload) {
    try {
      client.abortMultipartUpload(
          request ->
              request.bucket(location.bucket()).key(upload.key()).uploadId(upload.uploadId()));
    } catch (S3Exception e) {
      if (e.statusCode() != NOT_FOUND) { // gone since it was listed
        throw e;
      }
    }
  }

  private List<S3Object> objects(String prefix) {
    return client
        .listObjectsV2Paginator(request -> request.bucket(location.bucket()).prefix(prefix))
        .contents()
        .stream()
        .toList();
  }

  private List<MultipartUpload> uploads(String prefix) {
    return client
        .listMultipartUploadsPaginator(request -> request.bucket(location.bucket()).prefix(prefix))
        .uploads()
        .stream()
        .toList();
  }

  /** What a file's object says about it. */
  static Map<String, String> metadata(ArtifactFile file) {
    return Map.of(SHA256, file.sha256());
  }
}
