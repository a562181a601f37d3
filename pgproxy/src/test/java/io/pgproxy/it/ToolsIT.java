package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL's own tools notice nothing. Each test leaves the cluster as it was. */
@ResourceLock("ct100 of the steady cluster")
class ToolsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host primary;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct100", CONFIG);
        primary = cluster.primary();
        shell("pgbench -q -i -s 5 app 2>&1");
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
    }

    /** In the client's container; ct100 is where its tools go by default. */
    private static String shell(String script) {
        String direct = "direct=" + primary.name() + "\n";
        return cluster.client().shell("set -euo pipefail\n" + direct + script).orFail();
    }

    @Test
    void psqlIsServedByThePrimaryAndByAReplica() {
        assertThat(shell("psql -XAt -c 'select inet_server_addr()'")).isEqualTo(primary.address());
        assertThat(shell("psql -XAt -p 5433 -c 'select pg_is_in_recovery()'")).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "prepared"})
    void pgbenchLosesNoTransaction(String protocol) {
        String said = shell("pgbench -M " + protocol + " -c 8 -j 2 -t 250 app 2>&1");

        assertThat(said)
                .contains("number of transactions actually processed: 2000/2000")
                .contains("number of failed transactions: 0 ");
    }

    @Test
    void dumpIsTheSameAsADirectOne() {
        String dump = "pg_dump --restrict-key=same -t 'pgbench_*' app ";
        shell(dump + "> /tmp/proxied.sql; " + dump + "-h $direct > /tmp/direct.sql");

        assertThat(shell("wc -l < /tmp/proxied.sql"))
                .satisfies(lines -> assertThat(Long.parseLong(lines)).isGreaterThan(500_000));
        shell("cmp /tmp/proxied.sql /tmp/direct.sql; rm /tmp/proxied.sql /tmp/direct.sql");
    }

    @Test
    void baseBackupWithItsWalVerifies() {
        shell("pg_basebackup -U replicator -D /tmp/backup -X stream -c fast");

        assertThat(shell("pg_verifybackup /tmp/backup; rm -r /tmp/backup")).contains("successfully verified");
    }

    @Test
    void copyOfSomeHundredMegabytesComesBackByteForByte() {
        shell(
                """
                seq 1 2000000 | awk '{printf "%d\\t%0140d\\n", $1, $1 * 7919}' > /tmp/rows
                test $(stat -c %s /tmp/rows) -gt 250000000
                psql -Xq -c 'create unlogged table copied (n int, filling text)'
                psql -Xq -c '\\copy copied from /tmp/rows'
                psql -Xq -c '\\copy copied to /tmp/back'
                cmp /tmp/rows /tmp/back
                rm /tmp/rows /tmp/back
                psql -Xq -c 'drop table copied'
                """);
    }

    @Test
    void prometheusFindsNoFaultInTheMetrics() {
        assertThat(shell("curl -sSf ct100:7000/metrics | promtool check metrics 2>&1"))
                .isEmpty();
    }

    @Test
    void notificationArrives() {
        assertThat(script("notify.py")).isEqualTo("heard: through the proxy");
    }

    @Test
    void cancelEndsTheQueryAndNotTheSession() {
        assertThat(script("cancel.py")).isEqualTo("canceling statement due to user request; the session goes on: True");
    }

    @Test
    void certificateIsVerifiedAndScramIsBoundToIt() {
        assertThat(shell("psql -XAt 'sslmode=verify-full channel_binding=require' -c \""
                        + "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()\""))
                .isEqualTo("t|TLSv1.3");
    }

    @Test
    void cancelOverTlsIsDeliveredToo() {
        assertThat(shell("python3 /it/cancel.py 'host=ct100 sslmode=verify-full'"))
                .isEqualTo("canceling statement due to user request; the session goes on: True");
    }

    /** All bytes of an answer that needs no password, and the text of those that do. */
    @ParameterizedTest
    @ValueSource(
            strings = {"password=wrong", "dbname=nowhere", "user=nobody", "options='-c nonsense=1'", "replication=1"})
    void refusalsArePostgresOwn(String wrong) {
        List<String> texts = List.of(refusal("ct100", wrong), refusal(primary.name(), wrong));

        assertThat(texts.get(0)).isEqualTo(texts.get(1)).contains("FATAL");
    }

    @Test
    void bytesOfARefusalArePostgresOwn() {
        assertThat(shell("python3 /it/refusal_bytes.py ct100"))
                .isEqualTo(shell("python3 /it/refusal_bytes.py $direct"))
                .contains("FATAL");
    }

    /** The driver names the server's address before the server's words. */
    private static String refusal(String host, String wrong) {
        Outcome outcome =
                cluster.client().run("psql", "-XAt", "host=" + host + " sslmode=disable " + wrong, "-c", "select 1");
        assertThat(outcome.ok()).isFalse();
        return outcome.err().replaceAll("connection to server at \"[^\"]*\" \\([0-9.]*\\)", "connection to server");
    }

    private static String script(String name) {
        return shell("python3 /it/" + name + " host=ct100");
    }
}
