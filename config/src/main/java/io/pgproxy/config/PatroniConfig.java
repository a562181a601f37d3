package io.pgproxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which cluster it is and how its REST API proves itself. Immutable.
 *
 * @param scope the cluster's name; a node that answers with another is refused. Empty: the first answer decides.
 * @param store where it is in etcd
 * @param caFile PEM certificates that sign Patroni's; empty for the Java runtime's own list
 * @param certificateFile our client certificate, PEM; given with {@code keyFile} or not at all
 * @param keyFile its unencrypted private key, PEM (PKCS#8)
 * @param verifyHost whether the certificate must name the node's host
 */
public record PatroniConfig(
        Optional<String> scope,
        PatroniStoreConfig store,
        Optional<Path> caFile,
        Optional<Path> certificateFile,
        Optional<Path> keyFile,
        boolean verifyHost) {
    /** What applies where the file says nothing. */
    public static final PatroniConfig DEFAULTS =
            new PatroniConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);

    /** A cluster whose keys are where Patroni puts them by default. */
    public PatroniConfig(
            Optional<String> scope,
            Optional<Path> caFile,
            Optional<Path> certificateFile,
            Optional<Path> keyFile,
            boolean verifyHost) {
        this(scope, PatroniStoreConfig.DEFAULTS, caFile, certificateFile, keyFile, verifyHost);
    }

    /** The same cluster, with its keys elsewhere. */
    public PatroniConfig withStore(PatroniStoreConfig elsewhere) {
        return new PatroniConfig(scope, elsewhere, caFile, certificateFile, keyFile, verifyHost);
    }
}
