package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Not on the steady cluster: a new slot waits until every older transaction is over, and there are long ones. */
@ResourceLock("the faulted cluster")
class ReplicationIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host proxy;
    private static Host primary;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct100", CONFIG);
        primary = cluster.primary();
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
    }

    @Test
    void subscriptionThroughTheProxyReceivesWhatIsPublished() {
        sql("create table published (n int primary key); create publication everything for table published");
        primary.sql("select pg_create_logical_replication_slot('followed', 'pgoutput')");
        primary.sql("create database follower");
        try {
            follower("create table published (n int primary key)");
            follower("create subscription following connection 'host=" + proxy.address()
                    + " dbname=app user=postgres password=lab' publication everything"
                    + " with (create_slot = false, slot_name = followed)");
            sql("insert into published select generate_series(1, 1000)");

            Eventually.until(
                    "all rows have come",
                    Duration.ofSeconds(30),
                    () -> follower("select count(*) from published"),
                    "1000"::equals);
            assertThat(primary.sql(
                            "select host(client_addr) from pg_stat_replication where application_name = 'following'"))
                    .isEqualTo(proxy.address());
        } finally {
            follower("drop subscription if exists following");
            primary.sql("drop database follower");
            sql("drop publication everything; drop table published");
        }
    }

    private static void sql(String commands) {
        cluster.client()
                .run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-c", commands)
                .orFail();
    }

    /** In the database that follows, by the way of the superuser. */
    private static String follower(String command) {
        return primary.run(
                        "psql", "-XAtq", "-h", "/var/run/postgresql", "-U", "postgres", "-d", "follower", "-c", command)
                .orFail();
    }
}
