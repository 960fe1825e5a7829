package io.millrace.cli;

import io.millrace.cli.settings.Settings;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Runs the service in one of its roles until it is stopped. */
@RegisterForReflection // picocli makes it, in a native executable, too
abstract sealed class ServiceCommand implements Callable<Integer> {

  private static final String ROLE = "millrace.role";

  private final String role;

  private ServiceCommand(String role) {
    this.role = role;
  }

  /** Checks the settings first, so that all errors are reported at once. */
  static void run(String role) throws IOException {
    if (role != null) {
      System.setProperty(ROLE, role);
    }
    Settings unused = Settings.read();
    Quarkus.run();
  }

  @Override
  public Integer call() throws IOException {
    run(role);
    return 0;
  }

  /** Trains, or stands by to, and answers. */
  @RegisterForReflection
  @Command(
      name = "train",
      description =
          "The service: learns from the topics, publishes, and answers (millrace.role=train).")
  static final class Train extends ServiceCommand {

    @ArgGroup(
        exclusive = false,
        heading =
            "%nAfter a refusal: what to accept of what differs from the checkpoint. Each names what it accepts,%nso one that stays in a deployment accepts nothing later.%n")
    private AcceptOptions accept;

    Train() {
      super("train");
    }

    @Override
    public Integer call() throws IOException {
      if (accept != null) {
        accept.apply();
      }
      return super.call();
    }
  }

  /** Follows the versions and answers. */
  @RegisterForReflection
  @Command(
      name = "serve",
      description = "A replica: follows the versions topic, and answers (millrace.role=serve).")
  static final class Serve extends ServiceCommand {
    Serve() {
      super("serve");
    }
  }
}
