package io.pgproxy.config.yaml;

import io.pgproxy.config.SessionsConfig;
import io.pgproxy.config.SessionsConfig.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The group {@code sessions}. */
final class SessionsKeys {
    private static final Duration DAY = Duration.ofHours(24);
    private static final DurationSyntax STARTUP = new DurationSyntax(Duration.ofMillis(100), Duration.ofMinutes(10));
    private static final DurationSyntax CONNECT = new DurationSyntax(Duration.ofMillis(10), Duration.ofMinutes(1));
    private static final DurationSyntax ANSWER = new DurationSyntax(Duration.ofMillis(100), Duration.ofMinutes(5));
    private static final DurationSyntax HALF_CLOSE = new DurationSyntax(Duration.ofMillis(100), DAY);
    private static final DurationSyntax DRAIN = new DurationSyntax(Duration.ZERO, DAY);
    // TCP_USER_TIMEOUT is an unsigned int of milliseconds (tcp(7)); a day fits.
    private static final Syntax<Optional<Duration>> KERNEL = new DurationSyntax(Duration.ofSeconds(1), DAY).or("off");
    private static final Syntax<OptionalInt> MAX = new WholeNumber(1, 1_000_000).unless("auto");
    private static final WholeNumber MAX_STARTUPS = new WholeNumber(1, 1_000_000);
    private static final WholeNumber MAX_PARKED = new WholeNumber(0, 1_000_000);
    private static final WholeNumber MAX_CANCELS = new WholeNumber(1, 1_000_000);
    private static final Syntax<OptionalInt> RELEASE_RATE = new RateSyntax().unless("none");
    private static final Syntax<OptionalInt> THREADS = new WholeNumber(1, 256).unless("auto");

    private SessionsKeys() {}

    static SessionsConfig read(Section section) {
        SessionsConfig defaults = SessionsConfig.DEFAULTS;
        SessionsConfig sessions = new SessionsConfig(
                section.read("startup-timeout", STARTUP, defaults.startupTimeout()),
                section.read("connect-timeout", CONNECT, defaults.connectTimeout()),
                section.read("answer-timeout", ANSWER, defaults.answerTimeout()),
                section.read("half-close-timeout", HALF_CLOSE, defaults.halfCloseTimeout()),
                section.read("drain-timeout", DRAIN, defaults.drainTimeout()),
                section.read("unacknowledged-timeout", KERNEL, defaults.unacknowledgedTimeout()),
                section.read("tcp-user-timeout", KERNEL, defaults.tcpUserTimeout()),
                section.read("max", MAX, defaults.max()),
                section.read("max-startups", MAX_STARTUPS, defaults.maxStartups()),
                section.read("max-parked", MAX_PARKED, defaults.maxParked()),
                section.read("max-cancels", MAX_CANCELS, defaults.maxCancels()),
                section.read("cancel-routing", Choice.BOOLEAN, defaults.cancelRouting()),
                section.read("release-rate", RELEASE_RATE, defaults.releaseRate()),
                section.read("farewell", Choice.BOOLEAN, defaults.farewell()),
                section.read("relay-threads", THREADS, defaults.relayThreads()),
                section.read("transport", Choice.lowerCase(Transport.values()), defaults.transport()),
                section.read("early-tls-answer", Choice.BOOLEAN, defaults.earlyTlsAnswer()));
        section.refuseUnknownKeys();
        return sessions;
    }
}
