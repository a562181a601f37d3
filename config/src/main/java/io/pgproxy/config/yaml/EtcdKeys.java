package io.pgproxy.config.yaml;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The group {@code etcd}. */
final class EtcdKeys {
    /** Far more than a cluster has members; each of them keeps a connection. */
    private static final int MAX_ENDPOINTS = 16;

    private EtcdKeys() {}

    /** @param folder what relative paths start from */
    static EtcdConfig read(Section section, Path folder) {
        ReadableFile file = new ReadableFile(folder);
        List<EtcdEndpoint> endpoints = section.values("endpoints", "none", new EtcdUrl(), MAX_ENDPOINTS);
        Optional<String> user = section.find("user", new EtcdUser());
        Optional<Path> password = section.find("password-file", file);
        Optional<Path> ca = section.find("ca-file", file);
        Optional<Path> certificate = section.find("certificate-file", file);
        Optional<Path> key = section.find("key-file", file);
        section.refuseUnknownKeys();
        requirePair(section, "user", "password-file");
        requirePair(section, "certificate-file", "key-file");
        refuseIdle(section, endpoints);
        refuseTwice(section, endpoints);
        return new EtcdConfig(endpoints, user, password, ca, certificate, key);
    }

    private static void requirePair(Section section, String one, String other) {
        if (section.has(one) != section.has(other)) {
            String given = section.has(one) ? one : other;
            section.refuse("needs " + (given.equals(one) ? other : one) + " too", given);
        }
    }

    /** Refused rather than ignored: whoever names a CA believes that certificates are checked. */
    private static void refuseIdle(Section section, List<EtcdEndpoint> endpoints) {
        if (!section.isSound("endpoints")) {
            return;
        }
        if (endpoints.isEmpty()) {
            refuse(section, "is never used: there are no endpoints", "user", "password-file");
        }
        if (endpoints.stream().noneMatch(EtcdEndpoint::tls)) {
            String why = "is never used: no endpoint begins with https://";
            refuse(section, why, "ca-file", "certificate-file", "key-file");
        }
    }

    private static void refuse(Section section, String why, String... keys) {
        for (String key : keys) {
            if (section.has(key)) {
                section.refuse(why, key);
            }
        }
    }

    private static void refuseTwice(Section section, List<EtcdEndpoint> endpoints) {
        Set<String> seen = new HashSet<>();
        for (EtcdEndpoint endpoint : endpoints) {
            if (!seen.add(Host.canonical(endpoint.host()) + " " + endpoint.port())) {
                section.refuse("names " + endpoint + " twice", "endpoints");
            }
        }
    }
}
