package io.millrace.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.S3Server;
import io.millrace.testing.Versions;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/** Versions in the bucket of a real server, and back. */
@OneAtATime
class S3ArtifactStoreIT {

  /** The smallest that S3 takes. */
  private static final int PART = 5 << 20;

  private static final VersionKey KEY = new VersionKey(7, Versions.TERM);

  private static final AtomicInteger BUCKETS = new AtomicInteger();

  @TempDir private static Path home;
  private static S3Server server;

  @TempDir private Path folder;
  private final Requests requests = new Requests();
  private final String bucket = "models-" + BUCKETS.incrementAndGet();
  private S3Artifacts artifacts;
  private S3Client client;
  private S3ArtifactStore store;
  private List<ArtifactFile> files;

  @BeforeAll
  static void aServer() throws IOException {
    S3Server.CREDENTIALS.forEach(System::setProperty);
    server = S3Server.start(home);
  }

  @AfterAll
  static void noServer() {
    server.close();
    S3Server.CREDENTIALS.keySet().forEach(System::clearProperty);
  }

  @BeforeEach
  void aBucketAndAVersion() throws IOException {
    artifacts = new S3Artifacts(settings(), "mail");
    client =
        S3Clients.builder(settings())
            .overrideConfiguration(all -> all.addExecutionInterceptor(requests))
            .build();
    client.createBucket(request -> request.bucket(bucket));
    store = store();
    Files.writeString(folder.resolve("config.json"), "{}");
    weights(1000);
    requests.take();
  }

  private void weights(int bytes) throws IOException {
    byte[] weights = new byte[bytes];
    new Random(42).nextBytes(weights);
    Files.write(folder.resolve("model.safetensors"), weights);
    files = List.of(file("config.json"), file("model.safetensors"));
  }

  private static S3Settings settings() {
    return S3Configs.of(Map.of("endpoint", server.endpoint().toString(), "path-style", "true"));
  }

  /** As behind a restart. */
  private S3ArtifactStore store() {
    return new S3ArtifactStore(client, S3Location.of(bucket, "a/b", "mail"), PART);
  }

  private ArtifactFile file(String name) throws IOException {
    Path path = folder.resolve(name);
    return new ArtifactFile(name, Files.size(path), DurableFolder.sha256(path));
  }

  @AfterEach
  void anEmptyBucket() throws IOException {
    requests.fail(request -> false);
    for (ArtifactStore.Held held : store.held()) {
      store.remove(held.key());
    }
    assertThat(objects()).isEmpty();
    assertThat(uploads()).isEmpty();
    client.close();
    artifacts.close();
  }

  @Test
  void versionsOfOneClusterAreKeptFromAnotherUnlessItIsAccepted() throws IOException {
    // Given
    store.claim("first", false);
    store().claim("first", false);

    // Then
    assertThatThrownBy(() -> store().claim("second", false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("s3://" + bucket + "/a/b/mail/millrace-cluster.json: ")
        .hasMessageContaining("of Kafka cluster first, the broker is of cluster second")
        .hasMessageContaining("millrace.accept.new-cluster=second@");

    // And when it is accepted
    store().claim("second", true);

    // Then
    store().claim("second", false);
    assertThatThrownBy(() -> store().claim("first", false))
        .hasMessageContaining("of Kafka cluster second, the broker is of cluster first");
    forgetCluster();
  }

  @Test
  void ofTwoClustersThatClaimAtOnceOneIsRefused() {
    // Given one that is faster between the other's look and its claim
    AtomicBoolean faster = new AtomicBoolean();
    requests.fail(
        request -> {
          if (request.equals("PutObject " + S3ArtifactStore.CLUSTER)
              && faster.compareAndSet(false, true)) {
            claim("first");
          }
          return false;
        });

    // Then
    assertThatThrownBy(() -> store.claim("second", false))
        .hasMessageContaining("of Kafka cluster first, the broker is of cluster second");
    assertThat(faster).isTrue();
    forgetCluster();
  }

  private void claim(String cluster) {
    try (S3Client other = S3Clients.builder(settings()).build()) {
      new S3ArtifactStore(other, S3Location.of(bucket, "a/b", "mail"), PART).claim(cluster, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void forgetCluster() {
    client.deleteObject(
        request -> request.bucket(bucket).key("a/b/mail/" + S3ArtifactStore.CLUSTER));
  }

  @Test
  void aVersionComesBackAsItWasSent(@TempDir Path into) throws IOException {
    // Given
    weights(2 * PART + 12_345); // two parts and the rest

    // When
    String uri = store.send(KEY, folder, files);
    Path fetched = artifacts.source().fetch(version(uri), into);

    // Then
    assertThat(uri).isEqualTo("s3://" + bucket + "/a/b/mail/7-4/");
    assertThat(fetched).isEqualTo(into.resolve("7-4"));
    assertThat(fetched.resolve("model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("model.safetensors"));
    assertThat(fetched.resolve("config.json")).hasContent("{}");
    assertThat(objects())
        .containsExactly(
            "a/b/mail/7-4/config.json",
            "a/b/mail/7-4/millrace-files.json",
            "a/b/mail/7-4/model.safetensors");
    assertThat(
            client
                .headObject(request -> request.bucket(bucket).key("a/b/mail/7-4/model.safetensors"))
                .metadata())
        .containsEntry("sha256", files.get(1).sha256());
    assertThat(store.held()).containsExactly(new ArtifactStore.Held(KEY, true));
  }

  @Test
  void theListOfFilesIsTheLastToBeSent() throws IOException {
    // Given
    weights(2 * PART + 12_345); // two parts and the rest

    // When
    store.send(KEY, folder, files);

    // Then
    assertThat(requests.take())
        .endsWith(
            "UploadPart 1",
            "UploadPart 2",
            "UploadPart 3",
            "CompleteMultipartUpload",
            "PutObject millrace-files.json");
  }

  @Test
  void anInterruptedUploadGoesOnWithTheMissingPartsOnly(@TempDir Path into) throws IOException {
    // Given a network that fails behind one part of three
    weights(2 * PART + 12_345); // two parts and the rest
    requests.fail(request -> request.equals("UploadPart 2"));
    assertThatThrownBy(() -> store.send(KEY, folder, files))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("s3://" + bucket + "/a/b/mail/7-4/")
        .hasMessageContaining("the network failed");
    assertThat(requests.take())
        .endsWith("PutObject config.json", "HeadObject", "CreateMultipartUpload", "UploadPart 1");
    assertThat(store.held()).containsExactly(new ArtifactStore.Held(KEY, false));

    // When
    requests.fail(request -> false);
    requests.take();
    String uri = store.send(KEY, folder, files);

    // Then
    assertThat(requests.take())
        .containsExactly(
            "GetObject", // is the version complete?
            "HeadObject", // config.json is there
            "HeadObject",
            "ListParts",
            "UploadPart 2",
            "UploadPart 3",
            "CompleteMultipartUpload",
            "PutObject millrace-files.json");
    artifacts.source().fetch(version(uri), into);
  }

  @Test
  void anUploadThatTheServerHasForgottenBeginsAnew() throws IOException {
    // Given
    weights(2 * PART + 12_345); // two parts and the rest
    requests.fail(request -> request.equals("UploadPart 2"));
    assertThatThrownBy(() -> store.send(KEY, folder, files)).isInstanceOf(IOException.class);
    client.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream()
        .forEach(
            upload ->
                client.abortMultipartUpload(
                    request ->
                        request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId())));

    // When
    requests.fail(request -> false);
    requests.take();
    store.send(KEY, folder, files);

    // Then
    assertThat(requests.take()).contains("UploadPart 1", "UploadPart 3");
  }

  @Test
  void aVersionThatIsThereIsNotSentAgain() throws IOException {
    // Given
    String uri = store.send(KEY, folder, files);
    requests.take();

    // Then
    assertThat(store().send(KEY, folder, files)).isEqualTo(uri);
    assertThat(requests.take()).containsExactly("GetObject");
  }

  @Test
  void whereTheAnswerToTheListWasLostTheVersionIsThere() throws IOException {
    // Given
    requests.loseAnswer(request -> request.equals("PutObject millrace-files.json"));

    // When
    store.send(KEY, folder, files);

    // Then it was put twice, which the server refused, and what is there was compared
    assertThat(requests.take())
        .endsWith("PutObject millrace-files.json", "PutObject millrace-files.json", "GetObject");
  }

  @Test
  void anotherServiceThatWritesToTheSamePlaceIsRefusedBeforeAnythingChanges(@TempDir Path into)
      throws IOException {
    // Given
    String uri = store.send(KEY, folder, files);
    ModelVersion theirs = version(uri);
    Files.writeString(folder.resolve("config.json"), "{\"ours\": true}");

    // Then
    assertThatThrownBy(() -> store().send(KEY, folder, List.of(file("config.json"), files.get(1))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "s3://"
                + bucket
                + "/a/b/mail/7-4/millrace-files.json lists other files than were to be sent");
    artifacts.source().fetch(theirs, into);
  }

  @Test
  void theServerRefusesASecondListOfFiles() throws IOException {
    // Given another that writes its list while ours is on the way
    requests.fail(request -> request.equals("PutObject millrace-files.json"));
    assertThatThrownBy(() -> store.send(KEY, folder, files)).hasMessageContaining("network");
    requests.fail(request -> false);
    client.putObject(
        request -> request.bucket(bucket).key("a/b/mail/7-4/millrace-files.json"),
        RequestBody.fromString("[]"));

    // Then
    assertThatThrownBy(
            () ->
                client.putObject(
                    request ->
                        request
                            .bucket(bucket)
                            .key("a/b/mail/7-4/millrace-files.json")
                            .ifNoneMatch("*"),
                    RequestBody.fromString("[1]")))
        .hasMessageContaining("412");
    assertThatThrownBy(() -> store.send(KEY, folder, files)).hasMessageContaining("lists other");
  }

  @Test
  void whatIsAbandonedIsGoneBeforeTheNextOfItsKeyIsSent(@TempDir Path into) throws IOException {
    // Given a version that was given up behind its first part
    weights(2 * PART + 12_345); // two parts and the rest
    requests.fail(request -> request.equals("UploadPart 2"));
    assertThatThrownBy(() -> store.send(KEY, folder, files)).isInstanceOf(IOException.class);
    store.abandon(KEY);
    requests.fail(request -> false);

    // When the next candidate of that number is sent, with another file
    Files.writeString(folder.resolve("config.json"), "{\"next\": true}");
    Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    files = List.of(file("config.json"), file("model.safetensors"));
    String uri = store.send(KEY, folder, files);

    // Then
    assertThat(uploads()).isEmpty();
    artifacts.source().fetch(version(uri), into);
  }

  @Test
  void aDamagedObjectIsRefusedByName(@TempDir Path into) throws IOException {
    // Given an object of the same size, and one that is longer
    String uri = store.send(KEY, folder, files);
    put("config.json", "[]");
    assertThatThrownBy(() -> artifacts.source().fetch(version(uri), into))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(uri + "config.json cannot be fetched: ")
        .hasMessageContaining("config.json is damaged: expected sha256 " + files.get(0).sha256());
    put("config.json", "{} and more");
    assertThatThrownBy(() -> artifacts.source().fetch(version(uri), into))
        .hasMessageContaining("config.json is damaged: expected 2 bytes, found 3");

    // Then nothing of it is left, also where one is missing
    assertThat(into).isEmptyDirectory();
    client.deleteObject(request -> request.bucket(bucket).key("a/b/mail/7-4/config.json"));
    assertThatThrownBy(() -> artifacts.source().fetch(version(uri), into))
        .hasMessageContaining(uri + "config.json cannot be fetched: ");
    assertThat(into).isEmptyDirectory();
  }

  @Test
  void aBodyThatChangedOnItsWayIsRefusedByTheServer() {
    // Given a network that changes every body behind the signature
    try (S3Client damaging =
        S3Clients.builder(settings()).httpClient(new DamagingClient()).build()) {
      S3ArtifactStore unlucky =
          new S3ArtifactStore(damaging, S3Location.of(bucket, "a/b", "mail"), PART);

      // Then
      assertThatThrownBy(() -> unlucky.send(KEY, folder, files))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Status Code: 4");
      assertThat(objects()).isEmpty();
    }
  }

  @Test
  void aFileThatChangedOnTheDiskIsNotCompleted() throws IOException {
    // Given
    weights(2 * PART + 12_345); // two parts and the rest
    byte[] weights = Files.readAllBytes(folder.resolve("model.safetensors"));
    weights[PART]++;
    Files.write(folder.resolve("model.safetensors"), weights);

    // Then
    assertThatThrownBy(() -> store.send(KEY, folder, files))
        .hasMessage(folder.resolve("model.safetensors") + " has changed since it was hashed");
    Files.writeString(folder.resolve("config.json"), "[]");
    assertThatThrownBy(() -> store().send(new VersionKey(8, 4), folder, files))
        .hasMessage(folder.resolve("config.json") + " has changed since it was hashed");
  }

  @Test
  void removingAVersionAbortsItsUnfinishedUploads() throws IOException {
    // Given
    weights(2 * PART + 12_345); // two parts and the rest
    requests.fail(request -> request.equals("UploadPart 3"));
    assertThatThrownBy(() -> store.send(KEY, folder, files)).isInstanceOf(IOException.class);
    requests.fail(request -> false);
    weights(1000);
    VersionKey other = new VersionKey(8, Versions.TERM);
    store.send(other, folder, files);
    assertThat(uploads()).hasSize(1);

    // When
    store().remove(KEY);

    // Then
    assertThat(uploads()).isEmpty();
    assertThat(store.held()).containsExactly(new ArtifactStore.Held(other, true));
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    // Given
    S3ArtifactStore elsewhere =
        new S3ArtifactStore(client, S3Location.of("nowhere", "", "mail"), PART);

    // Then
    assertThatThrownBy(() -> elsewhere.send(KEY, folder, files))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("s3://nowhere/mail/7-4/: ")
        .hasMessageContaining("bucket")
        .hasCauseInstanceOf(NoSuchBucketException.class);
  }

  private void put(String name, String content) {
    client.putObject(
        request -> request.bucket(bucket).key("a/b/mail/7-4/" + name),
        RequestBody.fromString(content));
  }

  private ModelVersion version(String artifact) {
    return Versions.at(7, artifact, files);
  }

  private List<String> objects() {
    return client.listObjectsV2(request -> request.bucket(bucket)).contents().stream()
        .map(object -> object.key())
        .toList();
  }

  private List<String> uploads() {
    return client.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream()
        .map(upload -> upload.key())
        .toList();
  }
}
