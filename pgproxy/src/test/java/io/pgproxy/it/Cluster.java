package io.pgproxy.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.MountableFile;

/**
 * A small cluster of the lab's hosts in a network of its own: one etcd member, three PostgreSQL hosts under Patroni and
 * a client; proxies come with the tests. Whatever talks to a host runs in one of them. Safe from any thread.
 */
final class Cluster implements AutoCloseable {
    /** What the unit does after every end. */
    private static final String STOP_POST = "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
            + " -jar /opt/pgproxy/pgproxy.jar vip stop-post --config /etc/pgproxy/pgproxy.yml";

    static final Duration WHOLE_DEADLINE = Duration.ofSeconds(90);

    private static final Path LOGS = Path.of("target", "it-logs");
    /** The hosts and the last number of their addresses, as in the lab. */
    private static final Map<String, Integer> HOSTS = new LinkedHashMap<>();

    static {
        HOSTS.put("etcd1", 51);
        HOSTS.put("pg102", 21);
        HOSTS.put("pg103", 22);
        HOSTS.put("pg104", 23);
        HOSTS.put("client", 100);
        HOSTS.put("client2", 101);
        HOSTS.put("ct100", 11);
        HOSTS.put("ct101", 12);
        HOSTS.put("ct102", 14);
        HOSTS.put("ct103", 15);
        HOSTS.put("haproxy", 13);
        HOSTS.put("fakes", 60);
        HOSTS.put("vip", 10); // no hosts, but addresses that move
        HOSTS.put("vip2", 9);
    }

    private final String name;
    private final DockerClient docker;
    private final Map<String, String> labels;
    private final Subnet subnet;
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    private Cluster(String name, Map<String, String> patroni) {
        this.name = name;
        this.docker = Engine.client();
        this.labels = Engine.labels();
        this.subnet = Subnet.create(docker, "pgproxy-it-" + name, labels);
        List<GenericContainer<?>> containers = new ArrayList<>();
        containers.add(add("etcd1", "etcd", Map.of()));
        for (String node : List.of("pg102", "pg103", "pg104")) {
            containers.add(add(node, "patroni", patroni));
        }
        containers.add(client("client"));
        Startables.deepStart(containers).join();
    }

    /** @param patroni variables of the image's role `patroni` (lab/README.md) */
    static Cluster start(String name, Map<String, String> patroni) {
        Cluster cluster = new Cluster(name, patroni);
        cluster.awaitWhole();
        cluster.configure("{\"postgresql\": {\"parameters\": {\"log_connections\": \"on\"}}}");
        Eventually.until("every node logs connections", WHOLE_DEADLINE, () -> cluster.postgresHosts().stream()
                .allMatch(node -> node.sql("show log_connections").equals("on")));
        return cluster;
    }

    /** Changes Patroni's dynamic configuration. */
    void configure(String json) {
        client().run(
                        "curl",
                        "-sf",
                        "-X",
                        "PATCH",
                        "-d",
                        json,
                        "http://" + primary().name() + ":8008/config")
                .orFail();
    }

    private static Map<String, String> clientEnvironment() {
        return Map.of(
                "PGHOST", "ct100",
                "PGUSER", "app",
                "PGPASSWORD", "lab",
                "PGDATABASE", "app",
                "PGSSLROOTCERT", "/lab/tls/ca.crt",
                "PGCONNECT_TIMEOUT", "90");
    }

    private static Path testClasses(String file) {
        return Path.of("target", "test-classes", "io", "pgproxy", "it", file).toAbsolutePath();
    }

    /** Prepared and not started. */
    private GenericContainer<?> add(String host, String role, Map<String, String> environment) {
        String address = address(host);
        GenericContainer<?> container = new GenericContainer<>(Engine.IMAGE)
                .withCommand(role)
                .withNetworkMode(subnet.networkId())
                .withLabels(labels)
                .withEnv(Map.of("LAB_NAME", host, "LAB_ADDRESS", address, "LAB_ETCD", "etcd1=" + address("etcd1")))
                .withEnv(environment)
                .withLogConsumer(frame -> keepLog(host, frame))
                .withCreateContainerCmdModifier(create -> {
                    create.withName("pgproxy-it-" + name + "-" + subnet.prefix() + "-" + host)
                            .withHostName(host)
                            .withIpv4Address(address);
                    // PTRACE: to count the descriptors of a process that runs as another user.
                    create.getHostConfig().withCapAdd(Capability.NET_ADMIN, Capability.NET_RAW, Capability.SYS_PTRACE);
                });
        HOSTS.keySet().forEach(other -> container.withExtraHost(other, address(other)));
        hosts.put(host, new Host(host, address, container));
        return container;
    }

    private void keepLog(String host, OutputFrame frame) {
        try {
            Files.createDirectories(LOGS);
            Files.writeString(
                    LOGS.resolve(name + "-" + host + ".log"),
                    frame.getUtf8String(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address(String host) {
        Integer number = HOSTS.get(host);
        if (number == null) {
            throw new IllegalArgumentException("there is no place for a host " + host);
        }
        return subnet.address(number);
    }

    Host host(String name) {
        Host host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("no host " + name + " was started");
        }
        return host;
    }

    Host client() {
        return host("client");
    }

    List<Host> postgresHosts() {
        return List.of(host("pg102"), host("pg103"), host("pg104"));
    }

    /** Patroni's own command, with the cluster's name last. */
    Outcome patronictl(String... command) {
        List<String> whole = new ArrayList<>(List.of("patronictl", "-c", "/etc/patroni/patronictl.yml"));
        whole.addAll(List.of(command));
        return client().run(whole.toArray(String[]::new));
    }

    /**
     * A planned switchover; returns when Patroni says that it has come about. It refuses one that comes too soon after
     * a change, and patronictl then ends with 0 all the same, so it is asked again.
     */
    void switchover(Host from, Host to) {
        Eventually.until(
                "a switchover from " + from.name() + " to " + to.name(),
                WHOLE_DEADLINE,
                () -> patronictl("switchover", "main", "--leader", from.name(), "--candidate", to.name(), "--force"),
                outcome -> outcome.out().contains("Successfully switched over to \"" + to.name() + "\"")
                        || writable().equals(List.of(to)),
                () -> "\n" + lastLines(from) + "\n" + lastLines(to));
    }

    /** Of what its Patroni and PostgreSQL have logged. */
    private static String lastLines(Host node) {
        List<String> lines = node.log().lines().toList();
        return node.name() + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    /** Until one primary has two streaming replicas. */
    void awaitWhole() {
        client().run("/lab/wait-cluster", Long.toString(WHOLE_DEADLINE.toSeconds()))
                .orFail();
    }

    /** The writable one, as the databases say; waits for it. */
    Host primary() {
        return Eventually.until("one writable primary", WHOLE_DEADLINE, this::writable, found -> found.size() == 1)
                .get(0);
    }

    /** Those that say that they are no replica, old primaries included. */
    List<Host> writable() {
        return postgresHosts().stream()
                .filter(Host::isUp)
                .filter(node -> node.sql("select pg_is_in_recovery()").equals("f"))
                .toList();
    }

    List<Host> replicas() {
        Host primary = primary();
        return postgresHosts().stream().filter(node -> node != primary).toList();
    }

    /** Starts a proxy host with the built jar and that configuration, and waits until it is ready. */
    Host startProxy(String host, String config) {
        Host proxy = startUnreadyProxy(host, config, Map.of());
        awaitReady(proxy);
        return proxy;
    }

    /**
     * The same with so few descriptors; the kernel holds the process to it.
     *
     * @param taken of them those that are in use before it starts, by files that it inherits and knows nothing of
     */
    Host startProxyWithFiles(long files, int taken, String host, String config) {
        String wrapper = "#!/bin/bash\nfor ((fd = 100; fd < 100 + " + taken
                + "; fd++)); do eval \"exec $fd</dev/null\"; done\nexec java \"$@\"\n";
        GenericContainer<?> container = proxy(host, config, Map.of("JAVA_HOME", "/opt/few"));
        container.withCopyToContainer(Transferable.of(wrapper, 0755), "/opt/few/bin/java");
        container.withCreateContainerCmdModifier(
                create -> create.getHostConfig().withUlimits(new Ulimit[] {new Ulimit("nofile", files, files)}));
        container.start();
        Host proxy = host(host);
        awaitReady(proxy);
        return proxy;
    }

    /** @param environment such as JAVA_OPTS for other options of the JVM */
    Host startUnreadyProxy(String host, String config, Map<String, String> environment) {
        GenericContainer<?> container = proxy(host, config, environment);
        container.start();
        return host(host);
    }

    /** The same with another JDK of this machine. */
    Host startProxyOn(Path jdk, String host, String config) {
        GenericContainer<?> container = proxy(host, config, Map.of("JAVA_HOME", "/opt/jdk"));
        container.withCreateContainerCmdModifier(create ->
                create.getHostConfig().withBinds(new Bind(jdk.toString(), new Volume("/opt/jdk"), AccessMode.ro)));
        container.start();
        Host proxy = host(host);
        awaitReady(proxy);
        return proxy;
    }

    /** Starts two that share a secret, at the same time; they need not be ready yet. */
    List<Host> startPair(String config) {
        String secret = UUID.randomUUID().toString();
        List<GenericContainer<?>> containers = new ArrayList<>();
        for (String host : List.of("ct100", "ct101")) {
            containers.add(proxy(host, config, Map.of("LAB_STOP_POST", STOP_POST))
                    .withCopyToContainer(Transferable.of(secret, 0644), "/etc/pgproxy/secret")
                    .withCopyFileToContainer(MountableFile.forHostPath(testClasses("proxy")), "/it"));
        }
        Startables.deepStart(containers).join();
        return List.of(host("ct100"), host("ct101"));
    }

    /**
     * Starts a host whose first process is systemd, with that unit and what it needs, and nothing of it started yet.
     * systemd makes control groups and mounts for a unit, so it may do as it likes with those.
     */
    Host startSystemd(String host, Path unit, String config) {
        GenericContainer<?> container = proxy(host, config, Map.of("container", "docker"))
                .withCopyFileToContainer(MountableFile.forHostPath(unit, 0644), "/etc/systemd/system/pgproxy.service")
                .withCommand("--show-status=0")
                .withTmpFs(Map.of("/run", "rw", "/run/lock", "rw", "/tmp", "rw,exec"));
        container.withCreateContainerCmdModifier(create -> create.withEntrypoint("/lib/systemd/systemd")
                .getHostConfig()
                .withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN, Capability.NET_RAW, Capability.SYS_PTRACE)
                .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
                .withCgroupnsMode("host")
                .withBinds(new Bind("/sys/fs/cgroup", new Volume("/sys/fs/cgroup"), AccessMode.rw)));
        container.start();
        Host started = host(host);
        Eventually.until(
                "systemd is up",
                Duration.ofSeconds(30),
                () -> started.run("systemctl", "is-system-running").out().equals("running"),
                () -> started.run("systemctl", "--failed", "list-units").out());
        return started;
    }

    /** Takes a host away for good, if it is there. */
    void remove(String name) {
        Host host = hosts.remove(name);
        if (host != null) {
            host.remove();
        }
    }

    /** Another host of the client's kind. */
    Host startClient(String host) {
        client(host).start();
        return host(host);
    }

    private GenericContainer<?> client(String host) {
        return add(host, "client", clientEnvironment())
                .withCopyFileToContainer(MountableFile.forHostPath(testClasses("client")), "/it")
                .withCopyFileToContainer(
                        MountableFile.forHostPath(testClasses("JdbcClient.class")),
                        "/it/classes/io/pgproxy/it/JdbcClient.class");
    }

    private GenericContainer<?> proxy(String host, String config, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of("JAVA_OPTS", "-Xmx128m"));
        all.putAll(environment);
        return add(host, "proxy", all)
                .withCopyFileToContainer(MountableFile.forHostPath(Engine.jar(), 0644), "/opt/pgproxy/pgproxy.jar")
                .withCopyToContainer(Transferable.of(config, 0644), "/etc/pgproxy/pgproxy.yml");
    }

    /** Its readiness, as whoever sends clients there asks for it. */
    static void awaitReady(Host proxy) {
        Eventually.until(
                "pgproxy on " + proxy.name() + " is ready",
                Duration.ofSeconds(30),
                () -> proxy.run("curl", "-sf", "-m", "2", "http://localhost:7000/readyz")
                        .ok(),
                () -> "\n" + proxy.log());
    }

    /** What Patroni on that node says of itself; `.state`, `.role` and so on pick from it. */
    String patroni(Host node, String jq) {
        return client().shell("curl -s -m 2 http://" + node.name() + ":8008/patroni | jq -r '" + jq + "'")
                .out();
    }

    /** Sessions that wait on that proxy for a backend. */
    static int parked(Host proxy) {
        return Integer.parseInt(proxy.shell("curl -s localhost:7000/api/v1/status | jq '[.listeners[].parked] | add'")
                .orFail());
    }

    /** The new connections that PostgreSQL on that node logged as coming from that host, since its container was made. */
    static long connectionsFrom(Host from, Host node) {
        String words = "connection received: host=" + from.address() + " ";
        return node.log().lines().filter(line -> line.contains(words)).count();
    }

    /** The sessions from that host that PostgreSQL on that node logged as ended by its own shutdown, some at login. */
    static long endedByShutdown(Host from, Host node) {
        Pattern words = Pattern.compile(Pattern.quote(from.address())
                + " FATAL:  (terminating connection due to administrator command|canceling authentication)");
        return node.log().lines().filter(words.asPredicate()).count();
    }

    /** The sessions that came to that node from that host, as PostgreSQL itself counts them. */
    static int sessionsFrom(Host from, Host node) {
        return Integer.parseInt(node.sql("select count(*) from pg_stat_activity where client_addr = '" + from.address()
                + "' and backend_type = 'client backend'"));
    }

    /** Removes every host and the network. */
    @Override
    public void close() {
        Engine.remove(labels, subnet);
    }
}
