package io.pgproxy.config.yaml;

import io.pgproxy.config.BindAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses that the program is to listen on, of which no two may overlap: the second would fail to bind, long after
 * the operator has looked away. Confined to one load.
 */
final class BindClaims {
    private final List<Claim> claims = new ArrayList<>();

    /** Claims the section's {@code bind}, unless it could not be read. */
    void claim(BindAddress bind, Section section) {
        if (!section.isSound("bind")) {
            return;
        }
        Claim claim = new Claim(bind, section);
        claims.stream().filter(claim::overlaps).findFirst().ifPresent(earlier -> {
            if (section.has("bind")) {
                section.refuse(bind + " overlaps " + earlier, "bind");
            } else {
                earlier.section.refuse(earlier.bind + " overlaps " + claim, "bind");
            }
        });
        claims.add(claim);
    }

    private record Claim(BindAddress bind, Section section) {
        boolean overlaps(Claim other) {
            return bind.port() == other.bind.port()
                    && (isEvery(bind)
                            || isEvery(other.bind)
                            || Host.canonical(bind.host()).equals(Host.canonical(other.bind.host())));
        }

        /** The unspecified addresses count as every address of both families, which is what Linux makes of [::]. */
        private static boolean isEvery(BindAddress bind) {
            return bind.isWildcard()
                    || IpAddress.parse(bind.host())
                            .filter(InetAddress::isAnyLocalAddress)
                            .isPresent();
        }

        @Override
        public String toString() {
            String from = section.has("bind") ? "line " + section.line("bind") : "the default";
            return section.path("bind") + " (" + bind + ", " + from + ")";
        }
    }
}
