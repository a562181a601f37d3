package io.pgproxy.vip.run;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.IpText;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What has to be known of a run to tidy up behind it. All of it, since the configuration may have been edited while the
 * run lasted, and the resolver may be away when it is dead. Immutable; the secret itself is not in it.
 *
 * @param listen where the run heard its peers
 * @param peers where each of them is, as far as that was known when the run began
 */
public record Run(
        Instance me,
        String group,
        List<InetAddress> addresses,
        BindAddress listen,
        Map<PeerAddress, List<InetAddress>> peers,
        Optional<Path> secretFile,
        End end) {
    private static final int HEX = 16;
    private static final String PEER = "peer ";

    /** How it ended. */
    public enum End {
        /** Not at all, or without having let go of everything. */
        NONE,
        /** It let go of everything itself. */
        CLEAN,
        /** It died, and what it left was tidied up. */
        TIDIED
    }

    /** One that begins now. */
    public static Run begun(VipConfig vip, Instance me, Map<PeerAddress, List<InetAddress>> peers) {
        return new Run(
                me,
                vip.name(),
                vip.addresses(),
                vip.peers().listen(),
                peers,
                vip.peers().secretFile().map(Path::toAbsolutePath),
                End.NONE);
    }

    Run ended(End how) {
        return new Run(me, group, addresses, listen, peers, secretFile, how);
    }

    /** A key and a value each line. */
    String text() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("end", end.name());
        lines.put("member", me.member().name());
        lines.put("boot", Long.toHexString(me.boot()));
        lines.put("group", group);
        lines.put("addresses", listed(addresses));
        lines.put("listen-host", listen.host());
        lines.put("listen-port", Integer.toString(listen.port()));
        secretFile.ifPresent(file -> lines.put("secret-file", file.toString()));
        peers.forEach((peer, known) -> lines.put(PEER + peer.host() + " " + peer.port(), listed(known)));
        return lines.entrySet().stream()
                .map(line -> line.getKey() + "=" + line.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String listed(List<InetAddress> addresses) {
        return addresses.stream().map(IpText::of).collect(Collectors.joining(","));
    }

    /** @throws IOException if it is not what {@link #text} has written */
    static Run read(String text) throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            lines.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
        }
        try {
            return new Run(
                    new Instance(new Member(value(lines, "member")), Long.parseUnsignedLong(value(lines, "boot"), HEX)),
                    value(lines, "group"),
                    addresses(value(lines, "addresses")),
                    new BindAddress(value(lines, "listen-host"), Integer.parseInt(value(lines, "listen-port"))),
                    peers(lines),
                    Optional.ofNullable(lines.get("secret-file")).map(Path::of),
                    End.valueOf(value(lines, "end")));
        } catch (IllegalArgumentException e) {
            throw new IOException("it is not as pgproxy writes it: " + e.getMessage(), e);
        }
    }

    private static String value(Map<String, String> lines, String key) {
        String value = lines.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key);
        }
        return value;
    }

    private static Map<PeerAddress, List<InetAddress>> peers(Map<String, String> lines) {
        Map<PeerAddress, List<InetAddress>> peers = new LinkedHashMap<>();
        lines.forEach((key, value) -> {
            if (key.startsWith(PEER)) {
                String[] words = key.split(" ", -1);
                if (words.length != 3) {
                    throw new IllegalArgumentException(key);
                }
                peers.put(new PeerAddress(words[1], Integer.parseInt(words[2])), addresses(value));
            }
        });
        return peers;
    }

    private static List<InetAddress> addresses(String listed) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : listed.isEmpty() ? new String[0] : listed.split(",", -1)) {
            addresses.add(address(text));
        }
        return addresses;
    }

    /** Of anything else than an address Java would ask the resolver. */
    private static InetAddress address(String text) {
        try {
            if (text.matches("[0-9a-f:.]+") && (text.indexOf(':') >= 0 || text.matches("[0-9]+([.][0-9]+){3}"))) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            // It is refused like everything else that is no address.
        }
        throw new IllegalArgumentException(text);
    }
}
