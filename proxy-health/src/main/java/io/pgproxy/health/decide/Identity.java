package io.pgproxy.health.decide;

import java.util.Optional;

/**
 * What tells one cluster from another. Immutable.
 *
 * @param scope the cluster's name in Patroni
 * @param systemIdentifier made by initdb, the same on all nodes, kept by a restore from a base backup
 */
public record Identity(Optional<String> scope, Optional<String> systemIdentifier) {
    static final Identity NONE = new Identity(Optional.empty(), Optional.empty());

    /** Whether the two can't be the same cluster; what one of them does not say is not held against it. */
    boolean contradicts(Identity other) {
        return differ(scope, other.scope) || differ(systemIdentifier, other.systemIdentifier);
    }

    /** This one, with what it leaves open filled in. */
    Identity orElse(Identity other) {
        return new Identity(scope.or(other::scope), systemIdentifier.or(other::systemIdentifier));
    }

    boolean isEmpty() {
        return scope.isEmpty() && systemIdentifier.isEmpty();
    }

    /** Such as {@code scope main, system identifier 7250000000000000001}. */
    String text() {
        String scopeText = scope.map(s -> "scope " + s).orElse("");
        String identifierText =
                systemIdentifier.map(i -> "system identifier " + i).orElse("");
        return scopeText.isEmpty() || identifierText.isEmpty()
                ? scopeText + identifierText
                : scopeText + ", " + identifierText;
    }

    private static boolean differ(Optional<String> one, Optional<String> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }
}
