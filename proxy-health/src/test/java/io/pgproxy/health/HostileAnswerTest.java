package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One node's Patroni is in an attacker's hands: what its answers can cost in memory, in the table and in the log. */
@Timeout(60)
class HostileAnswerTest {
    /** As full as an answer may be, and another one each time: each text as long as can be, each tag a new one. */
    private static byte[] body(int turn) {
        String longText = turn + "\\u202e\\n".repeat(400);
        String tags = IntStream.range(0, 1000)
                .mapToObj(i -> "\"t" + turn + "x" + i + "\": \"" + "\\u202e".repeat(3) + "\"")
                .collect(Collectors.joining(","));
        String body = "{\"role\": \"" + longText + "\", \"state\": \"" + longText + "\", \"replication_state\": \""
                + longText + "\", \"database_system_identifier\": \"" + longText
                + "\", \"patroni\": {\"name\": \"" + longText + "\", \"version\": \"" + longText + "\", \"scope\": \""
                + longText + "\"}, \"tags\": {" + tags + "}}";
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private static ProbeOutcome answer(int turn) {
        byte[] body = body(turn);
        assertThat(body.length).isBetween(50_000, PatroniAnswerReader.MAX_BODY_BYTES);
        ProbeOutcome outcome = PatroniAnswerReader.read(turn % 2 == 0 ? 200 : 503, body);
        assertThat(outcome.kind()).isEqualTo(ProbeOutcome.Kind.ANSWERED);
        return outcome;
    }

    @Test
    void whatIsKeptOfAnAnswerIsAFractionOfIt() {
        // An answer's own text has everything in it that is kept of it.
        assertThat(answer(0).toString().length()).isLessThan(32 * 1024);
    }

    @Test
    void answersThatAreNeverTheSameFillNeitherTableNorLogNorMetrics() throws Exception {
        CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        AtomicInteger turn = new AtomicInteger();
        PgproxyConfig config = Settings.config(
                Settings.BRISK, Settings.node("pg102", "127.0.0.1", 8008), Settings.node("pg103", "127.0.0.2", 8008));
        HealthService.Outside outside = new HealthService.Outside(
                loop -> (node, address) -> CompletableFuture.completedFuture(answer(turn.getAndIncrement())),
                Optional.empty(),
                host -> List.of(InetAddress.getByName(host)),
                System::nanoTime);
        try (LogLines lines = LogLines.of(NoticeLog.class);
                HealthService service = new HealthService(config, routes, meters, outside)) {
            int before = meters.getMeters().size();
            service.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
            Eventually.that("it has been asked often", () -> turn.get() > 60);
            assertThat(meters.getMeters()).hasSize(before);
            assertThat(lines.texts()).hasSizeLessThan(100).allMatch(line -> line.length() < 8 * 1024);
            assertThat(routes.current().toString().length()).isLessThan(64 * 1024);
            assertThat(service.status().toString().length()).isLessThan(32 * 1024);
        }
    }
}
