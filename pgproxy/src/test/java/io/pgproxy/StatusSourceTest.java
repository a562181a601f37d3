package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.ConfigLoader;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ProxyServer;
import io.pgproxy.health.HealthService;
import io.pgproxy.status.StatusHtml;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport;
import io.pgproxy.status.StatusText;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be seen of a program that has bound nothing and asked nobody yet. */
class StatusSourceTest {
    private final PgproxyConfig config = config("nodes: [{name: pg102, host: pg102}]");
    private final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HealthService health = new HealthService(config, routes, meters);
    private final ProxyServer proxy = new ProxyServer(config, routes, health, meters);
    private final StatusReport report = new StatusSource(config, proxy, health, routes, Optional::empty).get();

    @AfterEach
    void close() {
        proxy.close();
        health.close();
    }

    @Test
    void nothingIsCalledNull() {
        assertThat(StatusText.render(report) + StatusHtml.render(report)).doesNotContain("null", "NaN", "Optional");
    }

    /** In JSON null is a value; nonsense is not. */
    @Test
    void jsonHoldsNoNonsense() {
        assertThat(new StatusJson().write(report)).doesNotContain("NaN", "Infinity", "Optional", "\"null\"");
    }

    private static PgproxyConfig config(String text) {
        return ((Loaded) ConfigLoader.parse(text, Path.of("/"))).config();
    }
}
