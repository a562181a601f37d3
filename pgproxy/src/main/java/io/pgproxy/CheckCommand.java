package io.pgproxy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.HealthService;
import io.pgproxy.vip.VipSettings;
import io.pgproxy.vip.etcd.EtcdLeaseClient;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.io.PrintStream;

/** Tells whether the configuration is right, and starts nothing. Confined to the main thread. */
final class CheckCommand {
    /** Claims nothing. */
    private static final Instance NOBODY = new Instance(new Member("check-config"), 1);

    private final PrintStream out;

    CheckCommand(PrintStream out) {
        this.out = out;
    }

    /** Health is built, since it reads Patroni's certificates, but it asks nobody. */
    ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        PgproxyConfig config = ConfigFile.load(line.config());
        ConfigFile.usable(() ->
                        new HealthService(config, new CurrentRoutes(System.nanoTime()), new SimpleMeterRegistry()))
                .close();
        if (config.vip().isPresent()) {
            check(config.vip().get(), config.etcd());
        }
        out.println("The configuration is right.");
        return ExitCode.OK;
    }

    /**
     * The peers are not looked for: this may be another host than the one that the file is for. The client of etcd is
     * built, since it reads etcd's files, but it asks nobody.
     */
    private static void check(VipConfig vip, EtcdConfig etcd) throws ConfigFile.Refused {
        ConfigFile.usable(() -> VipSettings.timings(vip));
        ConfigFile.usable(() -> VirtualAddresses.secret(vip));
        ConfigFile.usable(() -> new EtcdLeaseClient(etcd, vip.name(), NOBODY)).close();
    }
}
