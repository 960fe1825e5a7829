package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoDefaultsTest {

  @AfterEach
  void noBroker() {
    System.clearProperty(DemoBroker.ADDRESS);
  }

  @Test
  void devModeWithoutABrokerTurnsTheDemoOn() {
    // When
    SmallRyeConfig config = config("dev", Map.of());

    // Then
    assertThat(config.getValue("millrace.demo.broker", boolean.class)).isTrue();
    assertThat(config.getValue("millrace.demo.feed", boolean.class)).isTrue();
    assertThat(config.getValue("millrace.labels.names", String.class)).isEqualTo("ham,spam");
    assertThat(config.getValue("millrace.publication.freshness", String.class)).isEqualTo("2m");
    assertThat(config.getValue("millrace.replay.size", int.class)).isZero();
    assertThat(config.getOptionalValue("kafka.bootstrap.servers", String.class)).isEmpty();
  }

  @Test
  void withBootstrapServersNeitherBrokerNorFeedStarts() {
    // When
    SmallRyeConfig config = config("dev", Map.of("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"));

    // Then
    assertThat(config.getConfigMapping(DemoSettings.class).broker()).isFalse();
    assertThat(config.getConfigMapping(DemoSettings.class).feed()).isFalse();
    assertThat(config.getValue("kafka.bootstrap.servers", String.class)).isEqualTo("kafka:9092");
    assertThat(config.getOptionalValue("millrace.publication.freshness", String.class)).isEmpty();
    assertThat(config.getOptionalValue("millrace.replay.size", String.class)).isEmpty();
  }

  @Test
  void productionHasTheDemoOff() {
    SmallRyeConfig config = config("prod", Map.of());

    assertThat(config.getConfigMapping(DemoSettings.class).broker()).isFalse();
    assertThat(config.getConfigMapping(DemoSettings.class).feed()).isFalse();
    assertThat(config.getOptionalValue("millrace.labels.names", String.class)).isEmpty();
  }

  @Test
  void theFeedBringsItsLabelsAndLengthToProductionToo() {
    SmallRyeConfig config =
        config("prod", Map.of("MILLRACE_DEMO_FEED", "true", "KAFKA_BOOTSTRAP_SERVERS", "k:9092"));

    assertThat(config.getValue("millrace.labels.names", String.class)).isEqualTo("ham,spam");
    assertThat(config.getValue("millrace.tokenize.max-length", int.class)).isEqualTo(64);
    assertThat(config.getConfigMapping(DemoSettings.class).broker()).isFalse();
  }

  @Test
  void whatAPersonSetsWinsOverTheDemo() {
    SmallRyeConfig config = config("dev", Map.of("MILLRACE_DEMO_FEED", "false"));

    assertThat(config.getConfigMapping(DemoSettings.class).broker()).isTrue();
    assertThat(config.getConfigMapping(DemoSettings.class).feed()).isFalse();
  }

  @Test
  void theRunningBrokerIsTheBootstrapServerAlsoAfterAHotReload() {
    // Given a broker that starts after the configuration was read
    SmallRyeConfig before = config("dev", Map.of());
    System.setProperty(DemoBroker.ADDRESS, "localhost:12345");

    // When the application is configured again
    SmallRyeConfig after = config("dev", Map.of());

    // Then
    for (SmallRyeConfig config : new SmallRyeConfig[] {before, after}) {
      assertThat(config.getValue("kafka.bootstrap.servers", String.class))
          .isEqualTo("localhost:12345");
      assertThat(config.getConfigMapping(DemoSettings.class).broker()).isTrue();
    }
  }

  private static SmallRyeConfig config(String profile, Map<String, String> environment) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withProfile(profile)
        .withMapping(DemoSettings.class)
        .addSystemSources() // an unknown name below a mapping's prefix fails the build
        .withSources(new EnvConfigSource(environment, 300))
        .withSources(new DemoDefaults())
        .build();
  }
}
