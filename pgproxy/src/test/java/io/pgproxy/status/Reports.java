package io.pgproxy.status;

import io.pgproxy.status.StatusReport.Answer;
import io.pgproxy.status.StatusReport.Cluster;
import io.pgproxy.status.StatusReport.Instance;
import io.pgproxy.status.StatusReport.Lag;
import io.pgproxy.status.StatusReport.Limit;
import io.pgproxy.status.StatusReport.Listener;
import io.pgproxy.status.StatusReport.Node;
import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Readiness;
import io.pgproxy.status.StatusReport.Targets;
import io.pgproxy.status.StatusReport.Vip;
import java.util.List;

/** Reports to test with. */
public final class Reports {
    private static final Lag NOT_MEASURED = new Lag(null, null);

    private Reports() {}

    /** Everything works. */
    public static StatusReport healthy() {
        return new StatusReport(
                new Instance("1.2.3", "ct100", "running", "epoll", 11_100.5),
                Readiness.of(List.of(), List.of(), List.of()),
                new Cluster("main", "7340000000000000001", "pg102", 12, "file", null),
                List.of(
                        new Listener("primary", "*:5432", true, "primary", 12, 0, goesTo("pg102"), List.of()),
                        new Listener(
                                "replicas",
                                "*:5433",
                                true,
                                "replica",
                                3,
                                0,
                                goesTo("pg103"),
                                List.of("balance: random", "max-sessions: 100"))),
                List.of(
                        node("pg102", "192.168.50.21:5432", "primary", "primary, running", NOT_MEASURED),
                        node("pg103", "192.168.50.22:5432", "replica", "replica, streaming", new Lag(16_384L, 0.0))),
                List.of(new Limit("sessions", 15, 9_900)),
                null);
    }

    /** Nobody takes writes, and one node has never answered. */
    public static StatusReport withoutPrimary() {
        Targets nobody = new Targets(List.of(), "no primary", 4.2);
        return new StatusReport(
                new Instance("1.2.3", "ct100", "running", "epoll", 11_100.5),
                Readiness.of(
                        List.of("listener primary has nobody to go to: no primary"),
                        List.of(),
                        List.of("node pg102 is unknown")),
                new Cluster("", null, null, 13, "file", null),
                List.of(new Listener("primary", "*:5432", false, "primary", 0, 7, nobody, List.of())),
                List.of(new Node("pg102", "a:5432", "unknown", "none", 5, "not asked yet", 0, 100, NOT_MEASURED, null)),
                List.of(),
                null);
    }

    /** Everything that may be unknown is. */
    public static StatusReport unknowing() {
        Targets nobody = new Targets(List.of(), null, null);
        return new StatusReport(
                new Instance("1.2.3", "ct100", "starting", "epoll", 0),
                Readiness.of(List.of("it has just started"), List.of(), List.of()),
                new Cluster("", null, null, 0, null, null),
                List.of(new Listener("primary", "*:5432", false, "primary", 0, 0, nobody, List.of())),
                List.of(
                        new Node("pg102", "a:5432", "unknown", "none", 0, "not asked yet", 0, 100, NOT_MEASURED, null),
                        new Node(
                                "pg103",
                                "b:5432",
                                "up",
                                "replica",
                                0,
                                "replica, streaming",
                                0,
                                100,
                                NOT_MEASURED,
                                new Answer(0, null, null, false, false, false))),
                List.of(),
                null);
    }

    /** The words of a node, a reason, an error and a warning are an attack. */
    public static StatusReport hostile(String words) {
        StatusReport report = healthy();
        return new StatusReport(
                report.instance(),
                Readiness.of(List.of(words), List.of(words), List.of(words)),
                report.cluster(),
                report.listeners(),
                List.of(node("pg102", "a:5432", "primary", words, NOT_MEASURED)),
                report.limits(),
                null);
    }

    /** Clients are served, and something has to be mended all the same. */
    public static StatusReport misconfigured() {
        StatusReport report = healthy();
        return new StatusReport(
                report.instance(),
                Readiness.of(List.of(), List.of("other members"), List.of("a node is slow")),
                report.cluster(),
                report.listeners(),
                report.nodes(),
                report.limits(),
                null);
    }

    /** Everything works, and this instance has the virtual address. */
    public static StatusReport holding() {
        return with(new Vip(
                List.of("192.168.50.10"),
                "192.168.50.11:7001",
                "hold",
                11_000,
                true,
                "192.168.50.11:7001",
                List.of(),
                "etcd",
                2.36,
                null,
                0,
                false,
                List.of(new Peer("192.168.50.12:7001", true))));
    }

    /** The same instance, when another has taken the virtual address from it. */
    public static StatusReport handedOver() {
        return with(new Vip(
                List.of("192.168.50.10"),
                "192.168.50.11:7001",
                "standby",
                1,
                true,
                "192.168.50.12:7001",
                List.of(),
                null,
                null,
                "another has the key",
                0,
                false,
                List.of(new Peer("192.168.50.12:7001", true))));
    }

    /** Everything works, and another instance has the virtual address. */
    public static StatusReport standingBy() {
        return with(new Vip(
                List.of("192.168.50.10"),
                "192.168.50.12:7001",
                "standby",
                60,
                true,
                "192.168.50.11:7001",
                List.of(),
                null,
                null,
                "another has the key",
                0,
                false,
                List.of(new Peer("192.168.50.11:7001", true))));
    }

    /** Etcd has fallen silent, and another instance had the virtual address before that. */
    public static StatusReport withoutEtcd() {
        return with(new Vip(
                List.of("192.168.50.10"),
                "192.168.50.12:7001",
                "standby",
                60,
                false,
                "192.168.50.11:7001",
                List.of(),
                null,
                null,
                "etcd does not answer",
                0,
                false,
                List.of(new Peer("192.168.50.11:7001", true))));
    }

    private static StatusReport with(Vip vip) {
        StatusReport report = healthy();
        return new StatusReport(
                report.instance(),
                report.readiness(),
                report.cluster(),
                report.listeners(),
                report.nodes(),
                report.limits(),
                vip);
    }

    private static Node node(String name, String address, String role, String reason, Lag lag) {
        Answer answer = new Answer(0.3, 3L, "4.1.0", false, false, false);
        return new Node(name, address, "up", role, 60, reason, 3, 200, lag, answer);
    }

    private static Targets goesTo(String node) {
        return new Targets(List.of(node), null, null);
    }
}
