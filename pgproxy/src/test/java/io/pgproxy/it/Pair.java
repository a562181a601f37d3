package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two proxies of the faulted cluster with addresses that one of them has: started for a class's tests, one of them the
 * holder before each, and both well again after each. All the time it is watched that no address is at both.
 */
final class Pair implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    /** The longest takeover that a healthy etcd allows is 4.5 s; the rest is for a busy machine. */
    static final Duration TAKEOVER = Duration.ofSeconds(20);

    /** A JVM's on a machine where four classes of tests start theirs. */
    private static final Duration START = Duration.ofSeconds(60);

    private final SharedCluster faulted = SharedCluster.faulted();
    private final String config;
    private final boolean ipv6;
    private List<Host> hosts = List.of();
    private @Nullable AddressWatch watch;

    private Pair(String config, boolean ipv6) {
        this.config = config;
        this.ipv6 = ipv6;
    }

    /** @param config with $VIP and $VIP2 for the addresses that move */
    static Pair with(String config) {
        return new Pair(config, false);
    }

    /** @param config likewise, and with $VIP6 for one of IPv6 */
    static Pair withIpv6(String config) {
        return new Pair(config, true);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        faulted.beforeAll(context);
        hosts = cluster()
                .startPair(config.replace("$VIP2", cluster().address("vip2"))
                        .replace("$VIP6", Ipv6.VIP)
                        .replace("$VIP", cluster().address("vip")));
        if (ipv6) {
            Ipv6.give(cluster().client());
            hosts.forEach(Ipv6::give);
            hosts.forEach(host -> host.run("lab-service", "stop").orFail());
            hosts.forEach(Pair::startAgain);
        }
        hosts.forEach(Cluster::awaitReady);
    }

    /** A program that has begun without IPv6 goes on without it, and one that has not found the network stays down. */
    private static void startAgain(Host host) {
        Eventually.until(
                "pgproxy on " + host.name() + " has found all networks",
                START,
                () -> host.shell("lab-service start && curl -sf -m 2 localhost:7000/readyz")
                        .ok(),
                host::log);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        hosts.forEach(host -> cluster().remove(host.name()));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        watch = AddressWatch.start(hosts);
        awaitOneHolder();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try (AddressWatch ending = watch()) {
            hosts.forEach(Cluster::awaitReady);
            awaitOneHolder();
            for (String address : addresses()) {
                assertThat(ending.together(address)).as("both had " + address).isEmpty();
            }
        }
    }

    Cluster cluster() {
        return faulted.get();
    }

    private AddressWatch watch() {
        return Objects.requireNonNull(watch, "the watch begins before each test");
    }

    /** The first of the addresses that move. */
    String address() {
        return cluster().address("vip");
    }

    /** All of them that there may be. */
    List<String> addresses() {
        return List.of(address(), cluster().address("vip2"), Ipv6.VIP);
    }

    /** Who has the first address now. */
    Set<String> holders() {
        return watch().holders(address());
    }

    Set<String> holders(String address) {
        return watch().holders(address);
    }

    /** Every host that had the first address, in the order in which they got it; who got it back is named again. */
    List<String> history() {
        return watch().history(address());
    }

    /** It had the first address all the time. */
    void assertStayedAt(Host host) {
        assertThat(history()).containsExactly(host.name());
        assertThat(holders()).containsExactly(host.name());
    }

    void awaitOneHolder() {
        Eventually.until("one has the address", TAKEOVER, this::holders, found -> found.size() == 1);
    }

    void awaitNobody() {
        Eventually.until("nobody has the address", TAKEOVER, this::holders, Set::isEmpty);
    }

    void awaitAt(Host host) {
        Eventually.until(
                "the address is at " + host.name() + " alone",
                TAKEOVER,
                this::holders,
                found -> found.equals(Set.of(host.name())),
                () -> "\n" + hosts.get(0).log() + "\n" + hosts.get(1).log());
    }

    Host holder() {
        return cluster().host(holders().iterator().next());
    }

    Host other(Host holder) {
        return hosts.get(0) == holder ? hosts.get(1) : hosts.get(0);
    }

    List<Host> hosts() {
        return hosts;
    }

    /** A new client that comes by the first address finds the primary. */
    void assertServes() {
        assertServes("vip");
    }

    void assertServes(String address) {
        assertThat(cluster()
                        .client()
                        .run("psql", "host=" + address, "-XAtc", "select inet_server_addr()")
                        .orFail())
                .isEqualTo(cluster().primary().address());
    }

    Sessions open(int count) {
        return Sessions.open(cluster().client(), "host=vip", count);
    }

    /** Nobody may be left to go on: who is frozen in the midst of a touch is ended by its fuse. */
    static void thaw(Host frozen) {
        frozen.run("pkill", "-CONT", "-x", "java");
    }

    static Outcome pgproxy(Host host, String command) {
        return host.shell("java -jar /opt/pgproxy/pgproxy.jar " + command + " --config /etc/pgproxy/pgproxy.yml");
    }

    /** Something of the status's part for the addresses. */
    static String status(Host host, String jq) {
        return host.shell("curl -s -m 2 localhost:7000/api/v1/status | jq -r '.vip" + jq + "'")
                .out();
    }

    static void awaitAuthority(Host holder, String authority) {
        Eventually.until(
                authority + " is what allows it",
                TAKEOVER,
                () -> status(holder, ".authority"),
                authority::equals,
                () -> "\n" + holder.log());
    }

    /** For what shall not happen: nothing else would tell that there was time enough for it. */
    static void awaitTime(Duration length) {
        long since = System.nanoTime();
        Eventually.until(
                "a while has passed", length.plusSeconds(5), () -> System.nanoTime() - since > length.toNanos());
    }
}
