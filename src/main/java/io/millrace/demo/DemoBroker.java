package io.millrace.demo;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Destroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.TimeUnit;

/**
 * Starts the embedded broker before anything connects, and leaves it running over hot reloads: it
 * belongs to the JVM, not to the application, and ends with the JVM.
 */
@ApplicationScoped
@IfBuildProfile(anyOf = {"dev", "test"})
class DemoBroker {

  /**
   * JVM property with the running broker's address: what survives a hot reload. {@link
   * DemoDefaults} offers it as {@code kafka.bootstrap.servers}. Not under {@code millrace.}, where
   * only settings may be.
   */
  static final String ADDRESS = "io.millrace.demo-broker.address";

  /** JVM property that is set while an application uses the broker. */
  private static final String IN_USE = "io.millrace.demo-broker.in-use";

  private static final int STOP_WAITS_SECONDS = 60;

  private final DemoSettings settings;

  @Inject
  DemoBroker(DemoSettings settings) {
    this.settings = settings;
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent started) {
    if (!settings.broker()) {
      return;
    }
    System.setProperty(IN_USE, "true");
    if (System.getProperty(ADDRESS) != null) {
      return;
    }
    EmbeddedBroker.Running broker =
        EmbeddedBroker.start(settings.folder().resolve("kafka"), settings.port());
    System.setProperty(ADDRESS, broker.address());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(broker), "millrace-demo-broker-stop"));
  }

  /** After every client is closed. Static: no bean can be made any more. */
  static void released(@Observes @Destroyed(ApplicationScoped.class) Object context) {
    System.clearProperty(IN_USE);
  }

  /**
   * Shutdown hooks run side by side: the application's must have left the consumer group before the
   * broker goes, or the next start waits for the member that never said goodbye.
   */
  private static void stop(EmbeddedBroker.Running broker) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_WAITS_SECONDS);
    try {
      while (System.getProperty(IN_USE) != null && System.nanoTime() < until) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    broker.close();
  }
}
