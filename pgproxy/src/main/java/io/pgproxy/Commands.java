package io.pgproxy;

import io.pgproxy.CommandLine.UsageException;
import io.pgproxy.config.yaml.SchemaFile;
import java.io.PrintStream;

/** The commands of the command line; each loads what it needs itself. Confined to the main thread. */
final class Commands {
    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param out what was asked for
     * @param err what stood in the way
     */
    Commands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode execute(String... arguments) {
        try {
            return execute(CommandLine.parse(arguments));
        } catch (UsageException e) {
            err.println("pgproxy: " + e.getMessage());
            err.print(CommandLine.USAGE);
            return ExitCode.USAGE;
        } catch (ConfigFile.Refused e) {
            err.println(e.getMessage());
            return ExitCode.CONFIGURATION;
        } catch (RuntimeException | Error e) {
            // Main must come to an end: loops that were started already would keep a headless process alive.
            e.printStackTrace(err);
            return ExitCode.FAILURE;
        }
    }

    private ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        return switch (line.verb()) {
            case RUN -> new RunCommand().execute(line);
            case CHECK_CONFIG -> new CheckCommand(out).execute(line);
            case STATUS -> new StatusCommand(out, err).execute(line);
            case SESSIONS -> new SessionsCommand(out, err).show(line);
            case SESSIONS_END -> new SessionsCommand(out, err).end(line);
            case VIP_MOVE -> new MoveCommand(out, err).execute(line);
            case VIP_STOP_POST -> new StopPostCommand(out, err).execute(line);
            case PRINT_SCHEMA -> print(SchemaFile.text());
            case HELP -> print(CommandLine.USAGE);
            case VERSION -> print("pgproxy " + Build.version() + "\n");
        };
    }

    private ExitCode print(String text) {
        out.print(text);
        return ExitCode.OK;
    }
}
