package io.pgproxy.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An internal network with addresses of its own: nothing gets out of it, and it is never one in which the machine has
 * an address or a route already. Immutable.
 *
 * @param prefix the first three numbers
 */
record Subnet(String prefix, String networkId) {
    private static final int FIRST = 70;
    private static final int LAST = 99;

    /** Makes one from the first free /24 of 10.77.70.0 to 10.77.99.0. */
    static Subnet create(DockerClient docker, String name, Map<String, String> labels) {
        Set<String> taken = taken(docker);
        for (int third = FIRST; third <= LAST; third++) {
            String prefix = "10.77." + third;
            if (taken.contains(prefix)) {
                continue;
            }
            try {
                return new Subnet(prefix, create(docker, name, labels, prefix));
            } catch (DockerException e) {
                // Somebody else took it since we looked, or there is no engine; the last one says which.
                if (third == LAST) {
                    throw e;
                }
            }
        }
        throw new AssertionError("no free /24 in 10.77." + FIRST + ".0 to 10.77." + LAST + ".0; taken: " + taken);
    }

    private static String create(DockerClient docker, String name, Map<String, String> labels, String prefix) {
        return docker.createNetworkCmd()
                .withName(name + "-" + prefix)
                .withInternal(true)
                .withCheckDuplicate(true)
                .withLabels(labels)
                .withIpam(new com.github.dockerjava.api.model.Network.Ipam()
                        .withConfig(new Config().withSubnet(prefix + ".0/24")))
                .exec()
                .getId();
    }

    String address(int host) {
        return prefix + "." + host;
    }

    private static Set<String> taken(DockerClient docker) {
        Set<String> taken = new HashSet<>(routes());
        for (var network : docker.listNetworksCmd().exec()) {
            List<Config> configs = network.getIpam().getConfig();
            for (Config config : configs == null ? List.<Config>of() : configs) {
                String subnet = config.getSubnet();
                if (subnet != null && subnet.contains(".")) {
                    taken.add(subnet.substring(0, subnet.lastIndexOf('.')));
                }
            }
        }
        return taken;
    }

    /** The first three numbers of every route but the default one, as /proc/net/route has them: hex, backwards. */
    private static Set<String> routes() {
        Set<String> routes = new HashSet<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/net/route"))) {
                String[] fields = line.split("\\s+", -1);
                if (fields.length > 2 && fields[1].matches("[0-9A-F]{8}") && !fields[1].equals("00000000")) {
                    long address = Long.parseLong(fields[1], 16);
                    routes.add((address & 255) + "." + (address >> 8 & 255) + "." + (address >> 16 & 255));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read this machine's routes", e);
        }
        return routes;
    }
}
