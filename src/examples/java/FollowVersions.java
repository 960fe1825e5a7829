import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Keeps a model's current version in a folder. Arguments: BROKERS TOPIC MODEL FOLDER and, unless
 * the artifacts are files that this machine sees, http://HOST:PORT/api/v1/versions of a Millrace.
 */
public class FollowVersions {

  public static void main(String[] args) throws Exception {
    String topic = args[1];
    String model = args[2];
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            args[0],
            "isolation.level",
            "read_committed", // an announcement counts once it is committed
            "auto.offset.reset",
            "earliest",
            "allow.auto.create.topics",
            false);
    var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    while (consumer.partitionsFor(topic).isEmpty()) {
      System.out.println("no topic " + topic + " yet");
      Thread.sleep(1000);
    }
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions); // in no group: every follower reads everything, from the beginning
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);

    ObjectMapper json = new ObjectMapper();
    Map<Long, JsonNode> published = new HashMap<>();
    JsonNode wanted = null; // the current version, as long as it is not in the folder
    while (true) {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
        if (!model.equals(record.key()) || record.value() == null) {
          continue; // another model's
        }
        JsonNode data = json.readTree(record.value()).get("data");
        JsonNode version = data.get("version");
        if (data.has("files")) {
          published.put(version.asLong(), data);
        }
        if (version != null) { // published, or rolled back to; else a trainer has started
          wanted = published.get(version.asLong());
        }
      }
      boolean readToTheEnd =
          partitions.stream().allMatch(one -> consumer.position(one) >= ends.get(one));
      if (wanted == null || !readToTheEnd) {
        continue;
      }
      String number = wanted.get("version").asText();
      String from =
          args.length < 5 ? wanted.get("artifact").asText() : args[4] + "/" + number + "/files";
      Path folder = Path.of(args[3], "version-" + number + "-" + wanted.path("term").asLong());
      try {
        if (Files.notExists(folder)) {
          fetch(wanted.get("files"), from, folder);
        }
        System.out.println("version " + number + " is ready in " + folder);
        wanted = null;
      } catch (IOException e) {
        System.out.println("version " + number + " is refused, and tried again: " + e);
      }
    }
  }

  /** Fetches each file, compares it with its announcement, and moves the folder into place. */
  private static void fetch(JsonNode files, String from, Path folder)
      throws IOException, GeneralSecurityException {
    Path aside = Files.createDirectories(folder.resolveSibling("aside-" + folder.getFileName()));
    String key = System.getenv("DOWNLOAD_KEY");
    for (JsonNode file : files) {
      String name = file.get("name").asText();
      if (!name.matches("[\\w-][\\w.-]*")) {
        throw new IOException(name + " is no file name");
      }
      URLConnection source = URI.create(from + "/" + name).toURL().openConnection(); // http, file
      if (key != null) {
        source.setRequestProperty("Authorization", "Bearer " + key);
      }
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      long size;
      try (var in = new DigestInputStream(source.getInputStream(), hash);
          var out = Files.newOutputStream(aside.resolve(name))) {
        size = in.transferTo(out);
      }
      String found = size + " " + HexFormat.of().formatHex(hash.digest());
      String announced = file.get("size") + " " + file.get("sha256").asText();
      if (!found.equals(announced)) {
        throw new IOException(name + " is damaged: " + found + " and not " + announced);
      }
    }
    Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
  }
}
