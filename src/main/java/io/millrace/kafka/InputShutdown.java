package io.millrace.kafka;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.reactive.messaging.ChannelRegistry;
import io.smallrye.reactive.messaging.PausableChannel;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;

/**
 * Closes the input first of all when the service stops. SmallRye would go on handing out polled
 * records to a worker that is gone, and report each as a failure.
 */
@ApplicationScoped
class InputShutdown {

  private final InputChannel input;
  private final ChannelRegistry channels;

  @Inject
  InputShutdown(InputChannel input, ChannelRegistry channels) {
    this.input = input;
    this.channels = channels;
  }

  void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent stopping) {
    input.close();
    PausableChannel channel = channels.getPausable(InputChannel.NAME);
    if (channel != null) {
      channel.pause();
    }
  }
}
