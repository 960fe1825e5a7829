package io.millrace.s3;

import io.millrace.version.VersionKey;
import java.util.Optional;

/**
 * Where a model's versions are.
 *
 * @param bucket its name
 * @param folder the keys' common beginning; ends with a slash
 */
record S3Location(String bucket, String folder) {

  /**
   * A model's.
   *
   * @param prefix without a slash at its end; may be empty
   */
  static S3Location of(String bucket, String prefix, String model) {
    return new S3Location(bucket, (prefix.isEmpty() ? "" : prefix + "/") + model + "/");
  }

  /** Beginning of the keys of a version's files; ends with a slash. */
  String folder(VersionKey version) {
    return folder + version + "/";
  }

  /** The version that an object belongs to; empty for what is none of ours. */
  Optional<VersionKey> version(String key) {
    int end = key.indexOf('/', folder.length());
    return key.startsWith(folder) && end > 0
        ? VersionKey.parse(key.substring(folder.length(), end))
        : Optional.empty();
  }

  String uri(String key) {
    return "s3://" + bucket + "/" + key;
  }
}
