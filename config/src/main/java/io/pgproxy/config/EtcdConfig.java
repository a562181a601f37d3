package io.pgproxy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where etcd is and how both sides prove themselves. Immutable.
 *
 * @param endpoints the members of one cluster, up to 16; none where etcd is not used
 * @param user whom to log in as; given with {@code passwordFile} or not at all
 * @param passwordFile holds the user's password in its first line
 * @param caFile PEM certificates that sign etcd's; empty for the Java runtime's own list
 * @param certificateFile our client certificate, PEM; given with {@code keyFile} or not at all
 * @param keyFile its unencrypted private key, PEM (PKCS#8)
 */
public record EtcdConfig(
        List<EtcdEndpoint> endpoints,
        Optional<String> user,
        Optional<Path> passwordFile,
        Optional<Path> caFile,
        Optional<Path> certificateFile,
        Optional<Path> keyFile) {
    /** What applies where the file says nothing: no etcd. */
    public static final EtcdConfig DEFAULTS = new EtcdConfig(
            List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
    }
}
