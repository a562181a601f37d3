package io.pgproxy.it;

import java.io.IOException;

/**
 * Addresses of IPv6 for hosts whose networks have none: the engine gives them only where the machine's own
 * configuration asks for it. They end with the number that the host has in IPv4.
 */
final class Ipv6 {
    private static final String PREFIX = "fd00:77::";

    /** Nobody's own, but one that moves. */
    static final String VIP = PREFIX + "10";

    private Ipv6() {}

    static void give(Host host) {
        allow(host);
        String number = host.address().substring(host.address().lastIndexOf('.') + 1);
        host.run("ip", "-6", "address", "replace", PREFIX + number + "/64", "dev", "eth0", "nodad")
                .orFail();
    }

    /**
     * On the loopback too, without whose address Netty listens for IPv4 only. From the machine, since a container can't
     * write its own settings; needs root.
     */
    private static void allow(Host host) {
        ProcessBuilder builder = new ProcessBuilder(
                        "nsenter",
                        "-t",
                        Long.toString(host.machineProcess()),
                        "-n",
                        "sh",
                        "-c",
                        "echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
                .inheritIO();
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new AssertionError("no IPv6 on " + host + ": nsenter ended with " + code);
            }
        } catch (IOException e) {
            throw new AssertionError("no IPv6 on " + host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
