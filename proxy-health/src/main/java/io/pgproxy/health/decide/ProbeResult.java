package io.pgproxy.health.decide;

import java.net.InetAddress;
import java.util.Optional;

/**
 * One finished check. Immutable.
 *
 * @param address that was asked; empty when there was none to ask
 * @param askedNanos the monotonic time just before the connect
 * @param answeredNanos the monotonic time at which the outcome was known
 */
public record ProbeResult(ProbeOutcome outcome, Optional<InetAddress> address, long askedNanos, long answeredNanos) {}
