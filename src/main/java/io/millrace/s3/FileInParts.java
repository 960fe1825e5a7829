package io.millrace.s3;

import io.millrace.version.ArtifactFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One large file's way into the bucket, in parts: a failed attempt keeps those that arrived, and
 * the next sends the others. One thread.
 */
final class FileInParts {

  private static final Logger LOG = Logger.getLogger(FileInParts.class);
  private static final String TYPE = "application/octet-stream";

  private final S3Client client;
  private final S3Location location;
  private final String key;
  private final ArtifactFile file;
  private final int partBytes;

  /** What the server called the parts that it took, by number. */
  private final Map<Integer, String> taken = new HashMap<>();

  private Optional<String> id = Optional.empty();

  FileInParts(S3Client client, S3Location location, String key, ArtifactFile file, int partBytes) {
    this.client = client;
    this.location = location;
    this.key = key;
    this.file = file;
    this.partBytes = partBytes;
  }

  /**
   * Sends what is missing, and completes the file.
   *
   * @throws IOException where the file on the disk is no longer the one that was hashed
   */
  void attempt(Path path) throws IOException {
    try {
      Map<Integer, String> there = there();
      String upload = id.orElseGet(this::begin);
      id = Optional.of(upload);
      List<CompletedPart> parts = parts(path, upload, there);
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(location.bucket())
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(all -> all.parts(parts)));
    } catch (S3Exception e) {
      if (e.statusCode() == S3ArtifactStore.NOT_FOUND) {
        forget();
      }
      throw e;
    }
  }

  private String begin() {
    return client
        .createMultipartUpload(
            request ->
                request
                    .bucket(location.bucket())
                    .key(key)
                    .contentType(TYPE)
                    .metadata(S3ArtifactStore.metadata(file)))
        .uploadId();
  }

  private List<CompletedPart> parts(Path path, String upload, Map<Integer, String> there)
      throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    MessageDigest digest = DigestUtils.getSha256Digest();
    byte[] buffer = new byte[partBytes];
    try (InputStream in = Files.newInputStream(path)) {
      int length = in.readNBytes(buffer, 0, partBytes);
      for (int number = 1; length > 0; number++) {
        digest.update(buffer, 0, length);
        String tag = taken.get(number);
        if (tag == null || !tag.equals(there.get(number))) {
          tag = send(upload, number, buffer, length);
        }
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        length = in.readNBytes(buffer, 0, partBytes);
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      throw new IOException(path + " has changed since it was hashed");
    }
    return parts;
  }

  /** Parts that earlier attempts sent and the server still has, by number. */
  private Map<Integer, String> there() {
    Map<Integer, String> there = new HashMap<>();
    if (id.isEmpty()) {
      return there;
    }
    try {
      for (Part part :
          client
              .listPartsPaginator(
                  request -> request.bucket(location.bucket()).key(key).uploadId(id.get()))
              .parts()) {
        there.put(part.partNumber(), part.eTag());
      }
    } catch (S3Exception e) {
      if (e.statusCode() != S3ArtifactStore.NOT_FOUND) {
        throw e;
      }
    }
    if (there.isEmpty()) { // aborted by someone, as a bucket's rules may do
      forget();
    } else {
      LOG.infof("%s: %d parts are there, the others follow", location.uri(key), there.size());
    }
    return there;
  }

  private void forget() {
    id = Optional.empty();
    taken.clear();
  }

  private String send(String upload, int number, byte[] buffer, int length) {
    String tag =
        client
            .uploadPart(
                request ->
                    request.bucket(location.bucket()).key(key).uploadId(upload).partNumber(number),
                RequestBody.fromContentProvider(
                    () -> new ByteArrayInputStream(buffer, 0, length), length, TYPE))
            .eTag();
    taken.put(number, tag);
    return tag;
  }
}
