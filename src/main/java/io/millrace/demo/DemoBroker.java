package io.millrace.demo;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;

/**
 * Starts the embedded broker before anything connects, and leaves it running over hot reloads: it
 * belongs to the JVM, not to the application, and ends with the JVM.
 */
@ApplicationScoped
@IfBuildProfile(anyOf = {"dev", "test"})
class DemoBroker {

  /**
   * JVM property with the running broker's address: what survives a hot reload. {@link
   * DemoDefaults} offers it as {@code kafka.bootstrap.servers}.
   */
  static final String ADDRESS = "millrace.demo.broker.address";

  private final DemoSettings settings;

  @Inject
  DemoBroker(DemoSettings settings) {
    this.settings = settings;
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent started) {
    if (!settings.broker() || System.getProperty(ADDRESS) != null) {
      return;
    }
    EmbeddedBroker.Running broker =
        EmbeddedBroker.start(settings.folder().resolve("kafka"), settings.port());
    System.setProperty(ADDRESS, broker.address());
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "millrace-demo-broker-stop"));
  }
}
