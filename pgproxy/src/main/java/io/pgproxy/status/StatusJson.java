package io.pgproxy.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The reports as JSON and back; those that nobody reads again only there. Immutable; safe from any thread. */
public final class StatusJson {
    private final ObjectMapper mapper = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            // The command may be older or newer than the program it asks: during an upgrade it usually is.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** One JSON object, indented, ending with a line break. */
    public String write(StatusReport report) {
        return json(report);
    }

    /** Likewise. */
    public String write(FailoverReport report) {
        return json(report);
    }

    /** Likewise. */
    public String write(SessionsReport report) {
        return json(report);
    }

    private String json(Object report) {
        try {
            return mapper.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report does not fit JSON", e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws JsonProcessingException if it is something else
     */
    public StatusReport read(String json) throws JsonProcessingException {
        return mapper.readValue(json, StatusReport.class);
    }

    /** The same of sessions. */
    public SessionsReport readSessions(String json) throws JsonProcessingException {
        return mapper.readValue(json, SessionsReport.class);
    }
}
