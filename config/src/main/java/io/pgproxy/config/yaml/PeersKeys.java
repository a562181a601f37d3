package io.pgproxy.config.yaml;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of {@code vip} that say who the members are and how they talk. */
final class PeersKeys {
    /** A pair has one or two entries; a promise of every other member is needed, so more make it weaker. */
    private static final int MAX_PEERS = 8;

    /** The last three are about what members tell one another. */
    private static final List<String> FOR_PEERS_ONLY =
            List.of("listen", "secret-file", "handover-after", "priority", "preempt");

    private static final PeerSyntax PEER = new PeerSyntax();

    private PeersKeys() {}

    static PeersConfig read(Section section, Path folder) {
        List<PeerAddress> peers = section.values("peers", PEER, MAX_PEERS);
        Optional<PeerAddress> self = section.find("self", PEER);
        BindAddress listen = section.read("listen", new Bind(), PeersConfig.DEFAULT_LISTEN);
        Optional<Path> secret = section.find("secret-file", new ReadableFile(folder));
        if (section.has("peers")) {
            refuseTwice(section, peers);
            refuseSelfAlone(section, peers, self);
            section.requireKey("secret-file", "is required with peers; openssl rand -base64 32 makes a secret");
        } else {
            ReadsKeys.refuseEach(FOR_PEERS_ONLY, "is never used: there are no peers", section);
        }
        return new PeersConfig(peers, self, listen, secret);
    }

    private static void refuseTwice(Section section, List<PeerAddress> peers) {
        Set<PeerAddress> seen = new HashSet<>();
        peers.stream()
                .filter(peer -> !seen.add(peer))
                .distinct()
                .forEach(peer -> section.refuse("names " + peer + " twice", "peers"));
    }

    private static void refuseSelfAlone(Section section, List<PeerAddress> peers, Optional<PeerAddress> self) {
        if (section.isSound("peers")
                && self.filter(me -> peers.equals(List.of(me))).isPresent()) {
            section.refuse("names nobody but this instance itself, see self", "peers");
        }
    }

    /** Members must reach each other whoever has the virtual address. */
    static void refuseVirtual(Section section, PeersConfig peers, List<InetAddress> virtual) {
        for (InetAddress address : virtual) {
            Optional<InetAddress> its = Optional.of(address);
            if (peers.peers().stream()
                    .anyMatch(peer -> IpAddress.parse(peer.host()).equals(its))) {
                refuseVirtual(section, "peers");
            }
            if (peers.self()
                    .filter(me -> IpAddress.parse(me.host()).equals(its))
                    .isPresent()) {
                refuseVirtual(section, "self");
            }
            if (IpAddress.parse(peers.listen().host()).equals(its)) {
                refuseVirtual(section, "listen");
            }
        }
    }

    private static void refuseVirtual(Section section, String key) {
        section.refuse("names one of the virtual addresses; members talk by their hosts' own", key);
    }
}
