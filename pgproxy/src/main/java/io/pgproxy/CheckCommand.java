package io.pgproxy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.HealthService;
import io.pgproxy.vip.VipSettings;
import io.pgproxy.vip.peer.SharedSecret;
import io.pgproxy.vip.peer.UnusableSecretException;
import java.io.PrintStream;

/** Tells whether the configuration is right, and starts nothing. Confined to the main thread. */
final class CheckCommand {
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
            check(config.vip().get());
        }
        out.println("The configuration is right.");
        return ExitCode.OK;
    }

    /** The peers are not looked for: this may be another host than the one that the file is for. */
    private static void check(VipConfig vip) throws ConfigFile.Refused {
        ConfigFile.usable(() -> VipSettings.timings(vip));
        try {
            if (vip.peers().secretFile().isPresent()) {
                SharedSecret.read(vip.peers().secretFile().get());
            }
        } catch (UnusableSecretException e) {
            throw new ConfigFile.Refused(String.valueOf(e.getMessage()));
        }
    }
}
