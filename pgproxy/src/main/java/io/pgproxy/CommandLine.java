package io.pgproxy;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * What the operator asked for. Immutable.
 *
 * @param config the file given with {@code --config}
 * @param url the instance given with {@code --url}, for {@link Verb#STATUS} only
 * @param sessions what {@link Verb#SESSIONS} and {@link Verb#SESSIONS_END} are about
 */
record CommandLine(Verb verb, Optional<Path> config, Optional<URI> url, SessionOptions sessions) {
    static final String USAGE =
            """
            Usage:
              java -jar pgproxy.jar [run] [--config FILE]
                  Runs the proxy until TERM or INT; a second one of them ends it at once.
              java -jar pgproxy.jar check-config [--config FILE]
                  Tells everything that is wrong with the configuration and starts nothing.
              java -jar pgproxy.jar status [--config FILE | --url http://127.0.0.1:7000]
                  Shows what the running proxy sees and does.
              java -jar pgproxy.jar sessions [--backend-port N] [--node NAME] [--limit N] [--json] [--config FILE]
                  Names the clients of the running proxy's sessions. N is the proxy's own port of the
                  connection to the node: client_port in pg_stat_activity. 1000 are shown at the most, or
                  as many as --limit says, up to 10000.
              java -jar pgproxy.jar sessions end --backend-port N [--node NAME] [--config FILE]
              java -jar pgproxy.jar sessions end --node NAME [--config FILE]
                  Ends one session, or all that are on a node.
              java -jar pgproxy.jar vip move [--config FILE]
                  Has the running proxy hand the virtual address over, and waits until another has it.
              java -jar pgproxy.jar vip stop-post [--config FILE]
                  For the service manager, after the proxy's end: if it died, takes the virtual address off
                  this host and tells the other members. Does nothing, and fails, while the proxy runs.
              java -jar pgproxy.jar print-schema
                  Prints the JSON Schema of the configuration, for editors.
              java -jar pgproxy.jar --help | --version

            FILE is pgproxy.yml beside the jar if it is there, else /etc/pgproxy/pgproxy.yml.
            PGPROXY_LOG_LEVEL=debug in the environment makes the log tell more, whatever FILE says.

            Exit codes: 0, 1 failure (status: not reachable or not ready), 2 usage, 78 configuration,
            143 and 130 ended at once by a second TERM or INT.
            """;

    /** The things that the program can do. */
    enum Verb {
        RUN,
        CHECK_CONFIG,
        STATUS,
        SESSIONS,
        SESSIONS_END,
        VIP_MOVE,
        VIP_STOP_POST,
        PRINT_SCHEMA,
        HELP,
        VERSION
    }

    /** The words make no sense; the message says which. */
    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    static CommandLine parse(String... arguments) throws UsageException {
        Deque<String> words = new ArrayDeque<>(Arrays.asList(arguments));
        Verb verb = verb(words);
        Optional<Path> config = Optional.empty();
        Optional<URI> url = Optional.empty();
        SessionOptions sessions = SessionOptions.NONE;
        while (!words.isEmpty()) {
            String option = words.remove();
            switch (option) {
                case "--config" -> config = Optional.of(path(value(option, words)));
                case "--url" -> url = Optional.of(url(value(option, words)));
                case "--backend-port" -> sessions = sessions.withBackendPort(value(option, words));
                case "--node" -> sessions = sessions.withNode(value(option, words));
                case "--limit" -> sessions = sessions.withLimit(value(option, words));
                case "--json" -> sessions = sessions.asJson();
                case "-h", "--help" -> verb = Verb.HELP;
                default -> throw new UsageException("what does '" + option + "' mean?");
            }
        }
        if (url.isPresent() && verb != Verb.STATUS && verb != Verb.HELP) {
            throw new UsageException("--url belongs to status");
        }
        if (url.isPresent() && config.isPresent()) {
            throw new UsageException("--config and --url together: which one is it?");
        }
        sessions.refuseIfNotFor(verb);
        return new CommandLine(verb, config, url, sessions);
    }

    private static Verb verb(Deque<String> words) throws UsageException {
        String first = words.peek();
        if (first == null || (first.startsWith("-") && !first.equals("--version"))) {
            return Verb.RUN;
        }
        words.remove();
        return switch (first) {
            case "run" -> Verb.RUN;
            case "check-config" -> Verb.CHECK_CONFIG;
            case "status" -> Verb.STATUS;
            case "sessions" -> sessionsVerb(words);
            case "vip" -> vipVerb(words);
            case "print-schema" -> Verb.PRINT_SCHEMA;
            case "help" -> Verb.HELP;
            case "version", "--version" -> Verb.VERSION;
            default -> throw new UsageException("there is no command '" + first + "'");
        };
    }

    private static Verb sessionsVerb(Deque<String> words) {
        if (!"end".equals(words.peek())) {
            return Verb.SESSIONS;
        }
        words.remove();
        return Verb.SESSIONS_END;
    }

    private static Verb vipVerb(Deque<String> words) throws UsageException {
        String second = words.poll();
        if (second == null) {
            throw new UsageException("vip what?");
        }
        return switch (second) {
            case "move" -> Verb.VIP_MOVE;
            case "stop-post" -> Verb.VIP_STOP_POST;
            default -> throw new UsageException("there is no command 'vip " + second + "'");
        };
    }

    private static String value(String option, Deque<String> words) throws UsageException {
        String value = words.poll();
        if (value == null || value.isEmpty() || value.startsWith("--")) {
            throw new UsageException(option + " needs a value");
        }
        return value;
    }

    private static Path path(String value) throws UsageException {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new UsageException("'" + value + "' is no file name: " + e.getReason());
        }
    }

    private static URI url(String value) throws UsageException {
        try {
            URI uri = new URI(value);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // It is refused like any other text that is no such address.
        }
        throw new UsageException("'" + value + "' is no address such as http://127.0.0.1:7000");
    }
}
