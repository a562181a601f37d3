package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.LogConfig;
import io.pgproxy.config.LogConfig.Format;
import io.pgproxy.config.LogConfig.Level;
import org.junit.jupiter.api.Test;

class LoggingTest {
    private static final LogConfig FILE = new LogConfig(Format.JSON, Level.WARN);

    @Test
    void theFileCountsWhereTheEnvironmentSaysNothing() throws Exception {
        assertThat(Logging.heedEnvironment(FILE, null)).isEqualTo(FILE);
        assertThat(Logging.heedEnvironment(FILE, "")).isEqualTo(FILE);
    }

    @Test
    void theEnvironmentsLevelWins() throws Exception {
        assertThat(Logging.heedEnvironment(FILE, "debug")).isEqualTo(new LogConfig(Format.JSON, Level.DEBUG));
        assertThat(Logging.heedEnvironment(FILE, "ERROR")).isEqualTo(new LogConfig(Format.JSON, Level.ERROR));
    }

    @Test
    void anUnknownLevelIsRefused() {
        assertThatThrownBy(() -> Logging.heedEnvironment(FILE, "chatty\n"))
                .isInstanceOf(ConfigFile.Refused.class)
                .hasMessage("PGPROXY_LOG_LEVEL in the environment is 'chatty\\u000A'"
                        + " and not one of error, warn, info, debug");
    }
}
