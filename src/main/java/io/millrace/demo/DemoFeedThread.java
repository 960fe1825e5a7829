package io.millrace.demo;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/** Runs the feed from the time the service is up until it stops; a hot reload stops it too. */
@ApplicationScoped
class DemoFeedThread {

  private final DemoSettings settings;
  private final Map<String, Object> kafka;
  private final Config config;
  private Thread thread;

  @Inject
  DemoFeedThread(
      DemoSettings settings,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      Config config) {
    this.settings = settings;
    this.kafka = kafka;
    this.config = config;
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) StartupEvent started) {
    if (!settings.feed()) {
      return;
    }
    Map<String, Object> client = new HashMap<>(kafka);
    client.put("bootstrap.servers", config.getValue(DemoDefaults.BOOTSTRAP_SERVERS, String.class));
    DemoFeed.Topics topics =
        new DemoFeed.Topics(
            config.getValue("millrace.topics.examples", String.class),
            config.getValue("millrace.topics.heldout", String.class));
    thread =
        new Thread(
            new DemoFeed(client, topics, MailStream.read(), settings.feedRate()),
            "millrace-demo-feed");
    thread.setDaemon(true);
    thread.start();
  }

  void stop(@Observes ShutdownEvent stopping) throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join(5_000);
    }
  }
}
