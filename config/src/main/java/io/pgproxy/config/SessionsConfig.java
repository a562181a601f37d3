package io.pgproxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The deadlines and limits of a session. Immutable.
 *
 * @param startupTimeout for the client's first packet, and for its next one after its wish for TLS was declined
 * @param connectTimeout for one attempt to reach a backend
 * @param answerTimeout for a backend that was reached to answer the first packet
 * @param halfCloseTimeout how long a session whose one side has finished may go on without a byte from the other
 * @param drainTimeout how long sessions may go on after the program was asked to stop
 * @param unacknowledgedTimeout how long a peer may leave sent data without any sign of life; a peer that acknowledges
 *     but does not read is never ended by it; empty for never
 * @param tcpUserTimeout the kernel's TCP_USER_TIMEOUT for both sides; empty, the default, leaves it alone
 * @param max sessions at once; empty for (descriptors - 200) / 2
 * @param maxStartups sessions at once that have not told what they want
 * @param maxParked sessions at once that wait for a backend
 * @param relayThreads event loops for sessions; empty for one a processor
 * @param transport the way to the kernel's sockets
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
        OptionalInt relayThreads,
        Transport transport) {
    /** The ways to the kernel's sockets. */
    public enum Transport {
        /** The best that the machine allows. */
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }
}
