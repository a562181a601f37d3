package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A real Patroni that speaks TLS only, and to nobody without a certificate. */
@ResourceLock("the faulted cluster")
class PatroniTlsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: $NODE, host: $NODE, patroni-scheme: https}
            patroni:
              ca-file: /etc/pgproxy/ca.crt
              certificate-file: /etc/pgproxy/client.crt
              key-file: /etc/pgproxy/client.key
            """;

    private static final String TLS =
            "  certfile: /var/lib/postgresql/tls/server.crt\\\\n  keyfile: /var/lib/postgresql/tls/server.key\\\\n"
                    + "  cafile: /lab/tls/ca.crt\\\\n  verify_client: required";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host node;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        node = cluster.replicas().get(0);
        node.shell("cp /etc/patroni/patroni.yml /tmp/patroni.yml"
                        + " && sed -i 's|^restapi:|restapi:\\n" + TLS.replace("\\\\n", "\\n")
                        + "|' /etc/patroni/patroni.yml"
                        + " && curl -sf -X POST localhost:8008/reload")
                .orFail();
        Eventually.until(
                "Patroni asks for a certificate",
                Duration.ofSeconds(20),
                () -> !node.shell("curl -sk https://localhost:8008/patroni").ok()
                        && node.shell("curl -s http://localhost:8008/patroni")
                                .out()
                                .isEmpty());
    }

    /**
     * What Patroni wants from clients is asked of this one too. Only a restart ends that for good: Patroni 3.0.2 keeps
     * the option assert_hostname for its own requests, with which urllib3 makes none without TLS, and so as the leader
     * it would find no good candidate for a switchover.
     */
    @AfterAll
    static void stop() {
        node.shell("cp /tmp/patroni.yml /etc/patroni/patroni.yml && chown postgres: /etc/patroni/patroni.yml"
                        + " && lab-service restart")
                .orFail();
        cluster.awaitWhole();
        cluster.remove("ct100");
    }

    @Test
    void certificateThatIsRenewedOnDiskIsPickedUp() {
        Host proxy = cluster.startUnreadyProxy("ct100", CONFIG.replace("$NODE", node.name()), java.util.Map.of());
        Eventually.until(
                "it stays down without its files",
                Duration.ofSeconds(20),
                proxy::log,
                log -> log.contains("ended with 78: stays down"));
        assertThat(proxy.log()).contains("/etc/pgproxy/");

        certificate(proxy, "-x509 -days 3");
        proxy.run("lab-service", "start").orFail();
        Eventually.until("Patroni does not trust it", Duration.ofSeconds(30), () -> node(proxy)
                .startsWith("unknown: does not answer"));
        long expiry = expiry(proxy);

        certificate(proxy, "");
        Eventually.until(
                "Patroni trusts it", Duration.ofSeconds(30), () -> node(proxy), state -> state.startsWith("up: "));
        assertThat(expiry(proxy)).isGreaterThan(expiry + 86_400);
        assertThat(proxy.log()).contains("client.crt was picked up");
    }

    /** Signed by itself, or by the lab's authority for 30 days; moved into its place in one step. */
    private static void certificate(Host proxy, String selfSigned) {
        String sign = selfSigned.isEmpty()
                ? "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=pgproxy"
                        + " -keyout new.key -out new.csr && openssl x509 -req -in new.csr -CA /lab/tls/ca.crt"
                        + " -CAkey /lab/tls/ca.key -days 30 -set_serial 4711 -out new.crt"
                : "openssl req " + selfSigned + " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                        + " -subj /CN=stranger -keyout new.key -out new.crt";
        proxy.shell("cd /etc/pgproxy && { " + sign + "; } 2>/dev/null && cp /lab/tls/ca.crt ca.crt"
                        + " && chown pgproxy: new.key && mv new.key client.key && mv new.crt client.crt")
                .orFail();
    }

    private static String node(Host proxy) {
        return proxy.shell("curl -s localhost:7000/api/v1/status | jq -r '.nodes[0] | .state + \": \" + .reason'")
                .out();
    }

    private static long expiry(Host proxy) {
        return (long) Double.parseDouble(proxy.shell(
                        "curl -s localhost:7000/metrics"
                                + " | awk '/^pgproxy_patroni_certificate_expiry_timestamp_seconds.*certificate-file/ {print $NF}'")
                .orFail());
    }
}
