package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.CommandLine.UsageException;
import io.pgproxy.CommandLine.Verb;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @Test
    void nothingMeansRunWithTheUsualFile() throws Exception {
        assertThat(CommandLine.parse())
                .isEqualTo(new CommandLine(Verb.RUN, Optional.empty(), Optional.empty(), SessionOptions.NONE));
    }

    @Test
    void runNeedNotBeSaid() throws Exception {
        assertThat(CommandLine.parse("--config", "a.yml")).isEqualTo(CommandLine.parse("run", "--config", "a.yml"));
    }

    @ParameterizedTest
    @CsvSource({
        "run, RUN",
        "check-config, CHECK_CONFIG",
        "status, STATUS",
        "sessions, SESSIONS",
        "print-schema, PRINT_SCHEMA",
        "help, HELP",
        "--help, HELP",
        "-h, HELP",
        "version, VERSION",
        "--version, VERSION"
    })
    void oneWordIsEnough(String word, Verb verb) throws Exception {
        assertThat(CommandLine.parse(word).verb()).isEqualTo(verb);
    }

    @Test
    void helpIsToldAboutAnyCommand() throws Exception {
        assertThat(CommandLine.parse("status", "--help").verb()).isEqualTo(Verb.HELP);
    }

    @Test
    void checkConfigTakesAFile() throws Exception {
        assertThat(CommandLine.parse("check-config", "--config", "a.yml").config())
                .contains(Path.of("a.yml"));
    }

    @Test
    void statusTakesAnAddress() throws Exception {
        assertThat(CommandLine.parse("status", "--url", "http://10.0.0.1:7000").url())
                .contains(URI.create("http://10.0.0.1:7000"));
    }

    @Test
    void sessionsAreChosenAndEnded() throws Exception {
        assertThat(CommandLine.parse("sessions", "--backend-port", "40123", "--limit", "5", "--json")
                        .sessions())
                .isEqualTo(new SessionOptions(Optional.of("40123"), Optional.empty(), Optional.of("5"), true));
        CommandLine end = CommandLine.parse("sessions", "end", "--node", "pg 102", "--backend-port", "40123");
        assertThat(end.verb()).isEqualTo(Verb.SESSIONS_END);
        assertThat(end.sessions().query()).isEqualTo("?backend-port=40123&node=pg+102");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    start                                  | there is no command 'start'
                    --verbose                              | what does '--verbose' mean?
                    run now                                | what does 'now' mean?
                    run --config                           | --config needs a value
                    run --config --help                    | --config needs a value
                    sessions stop                          | what does 'stop' mean?
                    sessions --url http://127.0.0.1:7000   | --url belongs to status
                    sessions end                           | which sessions? Say --backend-port N, or --node NAME for all that are there
                    sessions end --node a --json           | --limit and --json belong to sessions alone
                    status --node a                        | --backend-port, --node, --limit and --json belong to sessions
                    run --url http://127.0.0.1:7000        | --url belongs to status
                    status --url here                      | 'here' is no address such as http://127.0.0.1:7000
                    status --url https://127.0.0.1:7000    | 'https://127.0.0.1:7000' is no address such as http://127.0.0.1:7000
                    status --url http://a:1 --config b.yml | --config and --url together: which one is it?
                    """)
    void saysWhatMakesNoSense(String words, String message) {
        assertThatThrownBy(() -> CommandLine.parse(words.split(" ", -1)))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }
}
