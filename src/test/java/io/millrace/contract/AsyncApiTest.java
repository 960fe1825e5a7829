package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.kafka.TopicSettings;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document against AsyncAPI's own schema, the settings, and the folder it is in. */
class AsyncApiTest {

  private static final Path FOLDER = Path.of("src/main/resources/schemas");

  private final JsonNode document;

  AsyncApiTest() throws IOException {
    document = new YAMLMapper().readTree(FOLDER.resolve("asyncapi.yaml").toFile());
  }

  @Test
  void itIsAnAsyncApiDocument() throws IOException {
    try (InputStream in = AsyncApiTest.class.getResourceAsStream("/asyncapi/3.0.0.json.gz")) {
      JsonNode rules = new ObjectMapper().readTree(new GZIPInputStream(in));
      var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(rules);
      assertThat(schema.validate(document)).isEmpty();

      // And the rules notice a mistake
      JsonNode wrong = document.deepCopy();
      ((ObjectNode) wrong.at("/operations/sendVersions")).put("action", "shout");
      assertThat(schema.validate(wrong)).isNotEmpty();
    }
  }

  @Test
  void everyTopicSettingHasItsChannelByItsDefaultName() {
    SmallRyeConfig config = new SmallRyeConfigBuilder().withMapping(TopicSettings.class).build();
    Map<String, String> settings = new TreeMap<>();
    for (String name :
        ConfigMappings.getProperties(ConfigClass.configClass(TopicSettings.class)).keySet()) {
      if (!name.equals("millrace.topics.create")) {
        settings.put(name, config.getValue(name, String.class));
      }
    }

    Map<String, String> channels = new TreeMap<>();
    document
        .get("channels")
        .forEach(
            channel ->
                channels.put(
                    channel.get("x-millrace-setting").asText(), channel.get("address").asText()));

    assertThat(channels).isEqualTo(settings);
  }

  @Test
  void everyChannelIsUsedAndEveryMessageIsOnOne() {
    List<String> used =
        document.get("operations").findValues("channel").stream()
            .map(channel -> channel.get("$ref").asText())
            .toList();
    for (Map.Entry<String, JsonNode> channel : document.get("channels").properties()) {
      assertThat(used).contains("#/channels/" + channel.getKey());
    }
    String channels = document.get("channels").toString();
    for (Map.Entry<String, JsonNode> message : document.at("/components/messages").properties()) {
      assertThat(channels).contains("\"#/components/messages/" + message.getKey() + "\"");
    }
  }

  @Test
  void everyReferenceLeadsSomewhereAndEverySchemaIsReferredTo() throws IOException {
    List<String> references = document.findValuesAsText("$ref");
    assertThat(references)
        .allSatisfy(
            reference -> {
              if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
              } else {
                assertThat(FOLDER.resolve(reference)).exists();
              }
            });
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".schema.json"))
          .isNotEmpty()
          .isSubsetOf(references);
    }
  }
}
