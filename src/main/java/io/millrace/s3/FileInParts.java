package io.millrace.s3;

import io.millrace.publication.ArtifactFile;
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
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * One large file's way into the bucket, in parts: an attempt that fails leaves behind those that
 * arrived, and the next sends the others. One thread.
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
    Map<Integer, String> there = there();
    if (id.isEmpty()) {
      id =
          Optional.of(
              client
                  .createMultipartUpload(
                      request ->
                          request
                              .bucket(location.bucket())
                              .key(key)
                              .contentType(TYPE)
                              .metadata(S3ArtifactStore.metadata(file)))
                  .uploadId());
    }
    List<CompletedPart> parts = new ArrayList<>();
    MessageDigest digest = S3ArtifactStore.sha256();
    byte[] buffer = new byte[partBytes];
    try (InputStream in = Files.newInputStream(path)) {
      int length = in.readNBytes(buffer, 0, partBytes);
      for (int number = 1; length > 0; number++) {
        digest.update(buffer, 0, length);
        String tag = taken.get(number);
        if (tag == null || !tag.equals(there.get(number))) {
          tag = send(number, buffer, length);
        }
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        length = in.readNBytes(buffer, 0, partBytes);
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      throw new IOException(path + " has changed since it was hashed");
    }
    client.completeMultipartUpload(
        request ->
            request
                .bucket(location.bucket())
                .key(key)
                .uploadId(id.orElseThrow())
                .multipartUpload(all -> all.parts(parts)));
  }

  /** Parts that earlier attempts sent and the server still has, by number. */
  private Map<Integer, String> there() {
    Map<Integer, String> there = new HashMap<>();
    if (id.isPresent()) {
      try {
        for (Part part :
            client
                .listPartsPaginator(
                    request -> request.bucket(location.bucket()).key(key).uploadId(id.get()))
                .parts()) {
          there.put(part.partNumber(), part.eTag());
        }
        LOG.infof(
            "%s goes on: %d parts of %d MiB are there",
            location.uri(key), there.size(), partBytes >> 20);
      } catch (NoSuchUploadException e) {
        id = Optional.empty();
        taken.clear();
      }
    }
    return there;
  }

  private String send(int number, byte[] buffer, int length) {
    String tag =
        client
            .uploadPart(
                request ->
                    request
                        .bucket(location.bucket())
                        .key(key)
                        .uploadId(id.orElseThrow())
                        .partNumber(number),
                RequestBody.fromContentProvider(
                    () -> new ByteArrayInputStream(buffer, 0, length), length, TYPE))
            .eTag();
    taken.put(number, tag);
    return tag;
  }
}
