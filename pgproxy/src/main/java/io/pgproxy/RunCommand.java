package io.pgproxy;

import io.pgproxy.config.LogConfig;
import io.pgproxy.config.PgproxyConfig;
import java.io.IOException;
import java.security.Security;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the proxy. Confined to the main thread. */
final class RunCommand {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);

    ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        PgproxyConfig config = ConfigFile.load(line.config());
        LogConfig log = Logging.heedEnvironment(config.log(), System.getenv(Logging.LEVEL_VARIABLE));
        StopSignals signals = StopSignals.install();
        lookUpNamesByOurOwnClock();
        LongSupplier lostLines = Logging.start(log, MemoryGuard.start(Logging::flush));
        ConfigFile.find(line.config()).ifPresent(found -> LOG.info("configuration from {}", found.toAbsolutePath()));
        try (ServiceManager manager = ServiceManager.of(System.getenv())) {
            return ConfigFile.usable(() -> new PgProxy(config, lostLines, manager))
                    .run(signals);
        } catch (IOException e) {
            LOG.error("cannot start: {}", e.getMessage());
            return ExitCode.FAILURE;
        } finally {
            Logging.flush();
        }
    }

    /** Health looks names up anew and keeps the last good answer; a cache below it would only make both late. */
    private static void lookUpNamesByOurOwnClock() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}
