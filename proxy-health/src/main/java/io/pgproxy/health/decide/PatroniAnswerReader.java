package io.pgproxy.health.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.pgproxy.core.PrintableText;
import io.pgproxy.health.decide.PatroniAnswer.Flags;
import io.pgproxy.health.decide.PatroniAnswer.Origin;
import io.pgproxy.health.decide.PatroniAnswer.Wal;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.Optional;

/**
 * Bytes to answer. The body is a stranger's: its size, depth, lengths and types are all in doubt.
 *
 * <p>Without a {@code role} that is text it is not Patroni speaking, and the answer is garbage, which is silence. Any
 * other value of a wrong type is as good as absent: a verdict needs only what it is made of, and one odd field must
 * not blind us to a node. Safe from any thread.
 */
public final class PatroniAnswerReader {
    /** A primary lists its replicas, some 200 bytes each: this is room for 300 of them. */
    public static final int MAX_BODY_BYTES = 64 * 1024;

    private static final ObjectReader JSON = StrangersJson.reader(MAX_BODY_BYTES);

    private PatroniAnswerReader() {}

    /** Reads an HTTP answer to GET /primary. */
    public static ProbeOutcome read(int status, byte[] body) {
        if (status != 200 && status != 503) {
            return garbage("/primary " + status);
        }
        if (body.length > MAX_BODY_BYTES) {
            return garbage("a body of more than " + MAX_BODY_BYTES + " bytes");
        }
        try {
            JsonNode json = JSON.readTree(body);
            return json != null && json.path("role").isTextual()
                    ? ProbeOutcome.answered(answer(status, json))
                    : garbage("/primary " + status + " with a body that is not Patroni's");
        } catch (JsonProcessingException | CharConversionException e) { // the latter for bytes taken for UTF-32
            return garbage("/primary " + status + " with a broken body");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    private static ProbeOutcome garbage(String what) {
        return ProbeOutcome.failed(ProbeOutcome.Kind.GARBAGE, what);
    }

    private static PatroniAnswer answer(int status, JsonNode json) {
        String role = json.path("role").textValue();
        String state = json.path("state").asText("");
        return new PatroniAnswer(
                status,
                PatroniRole.of(role),
                StrangersJson.word(role),
                PatroniState.of(state),
                state.isEmpty() ? "not given" : StrangersJson.word(state),
                StrangersJson.positive(json.path("timeline")),
                wal(json.path("xlog")),
                text(json.path("replication_state")),
                flags(json),
                PatroniTags.read(json.path("tags")),
                origin(json));
    }

    private static Wal wal(JsonNode xlog) {
        return new Wal(
                StrangersJson.positive(xlog.path("location")),
                StrangersJson.positive(xlog.path("received_location")),
                StrangersJson.positive(xlog.path("replayed_location")));
    }

    private static Flags flags(JsonNode json) {
        return new Flags(
                isOn(json.path("tags").path("noloadbalance")),
                isSynchronous(json),
                isOn(json.path("pause")),
                isOn(json.path("cluster_unlocked")),
                isOn(json.path("pending_restart")));
    }

    /**
     * Patroni says the one with {@code synchronous_mode: on}, the other (from 4.0 on) with {@code quorum}. Its /sync is
     * for the first alone, its /async for neither. Here both count as synchronous: whoever asks for the replicas that
     * commits wait for would else have none in a quorum cluster, and neither kind promises that a replica has replayed
     * what was committed. So each replica is on one of the routes sync and async, and on one only.
     */
    private static boolean isSynchronous(JsonNode json) {
        return isOn(json.path("sync_standby")) || isOn(json.path("quorum_standby"));
    }

    private static Origin origin(JsonNode json) {
        JsonNode patroni = json.path("patroni");
        return new Origin(
                text(patroni.path("name")),
                text(patroni.path("version")),
                new Identity(text(patroni.path("scope")), text(json.path("database_system_identifier"))));
    }

    /** Text, or a number as text: the system identifier is a string in Patroni, and a number elsewhere. */
    private static Optional<String> text(JsonNode value) {
        boolean given = value.isTextual() || value.isIntegralNumber();
        return given && !value.asText().isEmpty() ? Optional.of(PrintableText.of(value.asText())) : Optional.empty();
    }

    /** Tags come out of people's YAML: {@code true}, {@code "true"} and {@code 1} all mean it, as to Patroni. */
    private static boolean isOn(JsonNode value) {
        if (value.isTextual()) {
            return switch (value.textValue()) {
                case "", "false", "False", "no", "off", "0" -> false;
                default -> true;
            };
        }
        return value.isBoolean() ? value.booleanValue() : value.isNumber() && value.doubleValue() != 0;
    }
}
