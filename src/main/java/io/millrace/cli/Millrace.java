package io.millrace.cli;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.annotations.RegisterForReflection;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Where the process begins. Without a mode it is the service, until it is told to stop. */
@QuarkusMain
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    name = "java -jar quarkus-run.jar",
    description = {
      "Millrace learns from labelled examples as they arrive. Without a mode: the service.",
      "Settings come from -D options in front of -jar, the environment and config/application.properties,"
          + " for every mode."
    },
    subcommands = {RebuildCommand.class, ReplayCommand.class, EvaluateStreamCommand.class},
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:it could not be done, or what was compared is not equal; the message says why",
      "2:an option is wrong"
    })
public final class Millrace implements Runnable {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this text and end.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, nobody at the field
  private boolean help;

  public static void main(String... arguments) {
    if (arguments.length == 0) {
      Quarkus.run();
    } else {
      System.exit(commandLine().execute(arguments));
    }
  }

  /** The modes. What one throws becomes one line and exit code 1. */
  static CommandLine commandLine() {
    return new CommandLine(new Millrace())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println(command.getColorScheme().errorText(message(failure)));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  private static String message(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** Options, but no mode. */
  @Override
  public void run() {
    Quarkus.run();
  }
}
