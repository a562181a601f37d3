package io.pgproxy.health.decide;

import java.util.Optional;

/**
 * One key of Patroni's in etcd, as it was found or has become. Immutable.
 *
 * @param name without what all keys of the cluster begin with: {@code leader}, {@code members/pg102}
 * @param value as somebody has written it; empty once the key is deleted
 */
public record StoredKey(String name, Optional<String> value) {}
