package io.pgproxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The deadlines and limits of a session. Immutable.
 *
 * @param startupTimeout for the client's first packet, and for its next one after its wish for TLS was declined;
 *     100ms to 10m
 * @param connectTimeout for one attempt to reach a backend, 10ms to 1m
 * @param answerTimeout for a backend that was reached to answer the first packet, 100ms to 5m
 * @param halfCloseTimeout how long a session whose one side has finished may go on without a byte from the other,
 *     100ms to 24h
 * @param drainTimeout how long sessions may go on after the program was asked to stop, 0s to 24h
 * @param unacknowledgedTimeout how long a peer may leave sent data without any sign of life; a peer that acknowledges
 *     but does not read is never ended by it; 1s to 24h, empty for never
 * @param tcpUserTimeout the kernel's TCP_USER_TIMEOUT for both sides, 1s to 24h; empty, the default, leaves it alone
 * @param max sessions at once, 1 to 1,000,000; empty for (descriptors - 200) / 2
 * @param maxStartups sessions at once that have not told what they want, 1 to 1,000,000
 * @param maxParked sessions at once that wait for a backend, 0 to 1,000,000
 * @param maxCancels cancel requests under way at once, each with a connection to every node that it may be meant for;
 *     1 to 1,000,000
 * @param cancelRouting whether a cancel request goes only where its query runs, as far as that can be known
 * @param releaseRate how many new sessions of one listener a second go to nodes that it has just got, at first; 1 to
 *     100,000, empty for as many as there are
 * @param farewell whether a client that reads plaintext messages is told why its session ends
 * @param relayThreads event loops for sessions, 1 to 256; empty for one a processor
 * @param transport the way to the kernel's sockets
 * @param earlyTlsAnswer whether a client that waits for a backend may have its request for encryption answered before
 *     one is there
 */
public record SessionsConfig(
        Duration startupTimeout,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration halfCloseTimeout,
        Duration drainTimeout,
        Optional<Duration> unacknowledgedTimeout,
        Optional<Duration> tcpUserTimeout,
        OptionalInt max,
        int maxStartups,
        int maxParked,
        int maxCancels,
        boolean cancelRouting,
        OptionalInt releaseRate,
        boolean farewell,
        OptionalInt relayThreads,
        Transport transport,
        boolean earlyTlsAnswer) {
    /** What applies where the file says nothing. */
    public static final SessionsConfig DEFAULTS = new SessionsConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Optional.of(Duration.ofSeconds(60)),
            Optional.empty(),
            OptionalInt.empty(),
            1_000,
            1_000,
            100,
            true,
            OptionalInt.of(1_000),
            true,
            OptionalInt.empty(),
            Transport.AUTO,
            true);

    /** The ways to the kernel's sockets. */
    public enum Transport {
        /** epoll where there is one, else NIO. */
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }
}
