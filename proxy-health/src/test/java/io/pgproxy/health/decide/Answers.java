package io.pgproxy.health.decide;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Answers as Patroni gives them, and the default configuration. */
final class Answers {
    static final HealthConfig CONFIG = new HealthConfig(
            Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(2), 1, 3, Duration.ofSeconds(10));

    static final String IDENTIFIER = "7250000000000000001";

    private Answers() {}

    static ProbeOutcome primary(int timeline) {
        return json(200, body("primary", "running", timeline, "\"location\": 1000"));
    }

    static ProbeOutcome primaryAt(int timeline, long location) {
        return json(200, body("primary", "running", timeline, "\"location\": " + location));
    }

    static ProbeOutcome replica(int timeline) {
        return replicaAt(timeline, 1000);
    }

    static ProbeOutcome replicaAt(int timeline, long replayed) {
        return json(503, body("replica", "running", timeline, "\"replayed_location\": " + replayed));
    }

    /** A replica of which the body says something more, such as its tags. */
    static ProbeOutcome replicaSaying(String fields) {
        return json(503, "{\"role\":\"replica\",\"state\":\"running\",\"timeline\":5," + fields + "}");
    }

    static ProbeOutcome syncReplica() {
        return replicaSaying("\"sync_standby\":true");
    }

    /** A primary of which the body says something more. */
    static ProbeOutcome primarySaying(String fields) {
        return json(200, "{\"role\":\"primary\",\"state\":\"running\",\"timeline\":5," + fields + "}");
    }

    static ProbeOutcome standbyLeader(int timeline) {
        return json(503, body("standby_leader", "running", timeline, "\"received_location\": 1000"));
    }

    /** What is left of a body when Patroni's own query has failed. */
    static ProbeOutcome shrunken(int status, String role, String state) {
        return json(status, "{\"state\": \"" + state + "\", \"role\": \"" + role + "\"}");
    }

    static ProbeOutcome of(int status, String role, String state) {
        return json(status, body(role, state, 5, ""));
    }

    static ProbeOutcome ofCluster(int status, String role, String scope, String identifier) {
        return json(
                status,
                String.format(
                        "{\"state\": \"running\", \"role\": \"%s\", \"timeline\": 5,"
                                + " \"database_system_identifier\": \"%s\", \"patroni\": {\"scope\": \"%s\"}}",
                        role, identifier, scope));
    }

    /** A node that is being copied from the primary: it has a scope and no database yet. */
    static ProbeOutcome creatingReplica() {
        return json(
                503,
                "{\"state\": \"creating replica\", \"role\": \"uninitialized\", \"patroni\": {\"scope\": \"main\"}}");
    }

    static ProbeOutcome silence() {
        return ProbeOutcome.failed(Kind.TIMED_OUT, "no answer within 2000 ms");
    }

    static ProbeOutcome json(int status, String body) {
        return PatroniAnswerReader.read(status, body.getBytes(StandardCharsets.UTF_8));
    }

    static ProbeResult at(long nanos, ProbeOutcome outcome) {
        return new ProbeResult(outcome, Optional.of(InetAddress.getLoopbackAddress()), nanos, nanos);
    }

    static long seconds(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static String body(String role, String state, int timeline, String xlog) {
        return String.format(
                "{\"state\": \"%s\", \"role\": \"%s\", \"timeline\": %d, \"xlog\": {%s},"
                        + " \"database_system_identifier\": \"%s\","
                        + " \"patroni\": {\"version\": \"4.1.4\", \"scope\": \"main\"}}",
                state, role, timeline, xlog, IDENTIFIER);
    }
}
