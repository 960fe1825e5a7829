package io.millrace.cli;

import io.millrace.cli.settings.WrongSettingsException;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** Where the process begins. Without a mode it runs the service until it is stopped. */
@QuarkusMain
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    description = {
      "Millrace learns from labelled examples as they arrive. Without a mode: the service, in the role"
          + " that millrace.role names.",
      "Settings come from -D options (before -jar, or first of all to a native executable), the"
          + " environment and config/application.properties, for every mode."
    },
    subcommands = {
      ServiceCommand.Train.class,
      ServiceCommand.Serve.class,
      RebuildCommand.class,
      ReplayCommand.class,
      EvaluateStreamCommand.class
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:it could not be done, or what was compared is not equal; the message says why",
      "2:an option or a setting is wrong"
    })
public final class Millrace implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this text and end.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, nobody at the field
  private boolean help;

  public static void main(String... arguments) {
    int exitCode = commandLine().execute(arguments);
    if (exitCode != 0 || arguments.length > 0) {
      System.exit(exitCode);
    }
  }

  /** The modes. What one throws becomes one line and exit code 1. */
  static CommandLine commandLine() {
    return new CommandLine(new Millrace())
        .setCommandName(Invocation.command())
        .setExecutionStrategy(Millrace::execute)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println(command.getColorScheme().errorText(message(failure)));
              return failure instanceof WrongSettingsException
                  ? CommandLine.ExitCode.USAGE
                  : CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** Before any library is loaded, its native code is given a folder. */
  private static int execute(ParseResult parsed) {
    try {
      NativeFolders.prepare();
    } catch (IllegalStateException e) {
      CommandLine command = parsed.commandSpec().commandLine();
      throw new CommandLine.ExecutionException(command, e.getMessage(), e);
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static String message(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** No mode. */
  @Override
  public Integer call() throws IOException {
    ServiceCommand.run(null);
    return 0;
  }
}
