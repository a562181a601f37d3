package io.pgproxy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.CommandLine.UsageException;
import io.pgproxy.config.LogConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.SchemaFile;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.HealthService;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of the command line. Confined to the main thread. */
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);

    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param out what was asked for
     * @param err what stood in the way
     */
    Commands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode execute(String... arguments) {
        try {
            return execute(CommandLine.parse(arguments));
        } catch (UsageException e) {
            err.println("pgproxy: " + e.getMessage());
            err.print(CommandLine.USAGE);
            return ExitCode.USAGE;
        } catch (ConfigFile.Refused e) {
            err.println(e.getMessage());
            return ExitCode.CONFIGURATION;
        } catch (RuntimeException e) {
            // Main must come to an end: loops that were started already would keep a headless process alive.
            e.printStackTrace(err);
            return ExitCode.FAILURE;
        }
    }

    private ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        return switch (line.verb()) {
            case RUN -> run(line.config());
            case CHECK_CONFIG -> checkConfig(line.config());
            case STATUS -> new StatusCommand(out, err).execute(line);
            case PRINT_SCHEMA -> print(SchemaFile.text());
            case HELP -> print(CommandLine.USAGE);
            case VERSION -> print("pgproxy " + Build.version() + "\n");
        };
    }

    private ExitCode run(Optional<Path> file) throws ConfigFile.Refused {
        PgproxyConfig config = ConfigFile.load(file);
        LogConfig log = Logging.heedEnvironment(config.log(), System.getenv(Logging.LEVEL_VARIABLE));
        StopSignals signals = StopSignals.install();
        lookUpNamesByOurOwnClock();
        LongSupplier lostLines = Logging.start(log, MemoryGuard.start(Logging::flush));
        ConfigFile.find(file).ifPresent(found -> LOG.info("configuration from {}", found.toAbsolutePath()));
        try {
            return usable(() -> new PgProxy(config, lostLines)).run(signals);
        } finally {
            Logging.flush();
        }
    }

    /** Health looks names up anew and keeps the last good answer; a cache below it would only make both late. */
    private static void lookUpNamesByOurOwnClock() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /** Some of what the file says only shows to be wrong when it is used. */
    private static <T> T usable(Supplier<T> part) throws ConfigFile.Refused {
        try {
            return part.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ConfigFile.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** Health is built, since it reads Patroni's certificates, but it asks nobody. */
    private ExitCode checkConfig(Optional<Path> file) throws ConfigFile.Refused {
        PgproxyConfig config = ConfigFile.load(file);
        usable(() -> new HealthService(config, new CurrentRoutes(System.nanoTime()), new SimpleMeterRegistry()))
                .close();
        out.println("The configuration is right.");
        return ExitCode.OK;
    }

    private ExitCode print(String text) {
        out.print(text);
        return ExitCode.OK;
    }
}
