package io.pgproxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The lag up to which a replica gets new sessions; both limits count where both are given. Immutable.
 *
 * @param bytes of WAL not replayed yet, 0 to 1024 TB
 * @param time since the primary passed the position that the replica has replayed, 100ms to 24h
 */
public record MaxLag(OptionalLong bytes, Optional<Duration> time) {
    /** No limit at all. */
    public static final MaxLag NONE = new MaxLag(OptionalLong.empty(), Optional.empty());
}
