package io.pgproxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a line looks like in either format, and that no stranger's text changes that. */
class LineFormatTest {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static Stream<Encoder<ILoggingEvent>> formats() {
        return Stream.of(new PlainLines(), new JsonLines());
    }

    private static String plain(ILoggingEvent event) {
        return Events.encoded(new PlainLines(), event);
    }

    private static JsonNode json(ILoggingEvent event) throws Exception {
        return STRICT.readTree(Events.encoded(new JsonLines(), event));
    }

    @Test
    void plainLineHasTimeLevelThreadAndPlace() {
        assertThat(plain(Events.event(Level.INFO, "sessions go to {}", "pg102")))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[-+]\\d\\d:\\d\\d) INFO  \\[\\S+] "
                        + "Relay: sessions go to pg102\n");
    }

    @Test
    void jsonLineHasTheSame() throws Exception {
        JsonNode line = json(Events.event(Level.WARN, "sessions go to {}", "pg102"));

        assertThat(line.properties().stream().map(java.util.Map.Entry::getKey))
                .containsExactly("timestamp", "level", "thread", "logger", "message");
        assertThat(OffsetDateTime.parse(line.get("timestamp").asText())).isNotNull();
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("thread").asText()).isEqualTo(Thread.currentThread().getName());
        assertThat(line.get("logger").asText()).isEqualTo("io.pgproxy.core.Relay");
        assertThat(line.get("message").asText()).isEqualTo("sessions go to pg102");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r",
                "\u0000",
                "\u001b[2J",
                "\u007f",
                "\u0085",
                "\u009b",
                "\u202e",
                "\u2028",
                "\u2029",
                "\u200b",
                "\ufeff",
                "\ud800",
                "\udc00",
                "\udc00\ud800"
            })
    void whatIsNotVisibleIsShownAsItsNumber(String attack) throws Exception {
        ILoggingEvent event = Events.event(Level.INFO, "it says: {}", "a" + attack + "b");
        String number = String.format("\\u%04X", (int) attack.charAt(0));

        assertThat(plain(event)).contains("a" + number).endsWith("b\n").doesNotContain(attack + "b");
        assertThat(plain(event).lines()).hasSize(1);
        assertThat(json(event).get("message").asText())
                .contains("a" + number)
                .endsWith("b")
                .doesNotContain(attack);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void visibleTextStaysAsItIs(Encoder<ILoggingEvent> format) {
        assertThat(Events.encoded(format, Events.event(Level.INFO, "größer 😀 {}", "日本")))
                .contains("größer 😀 日本");
    }

    @Test
    void quotesDoNotEndTheJson() throws Exception {
        assertThat(json(Events.event(Level.INFO, "{}", "\",\"level\":\"ERROR\\"))
                        .get("message")
                        .asText())
                .isEqualTo("\",\"level\":\"ERROR\\");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void longTextIsCut(Encoder<ILoggingEvent> format) {
        String line = Events.encoded(format, Events.event(Level.INFO, "{}", "\n".repeat(1 << 20)));

        assertThat(line).hasSizeLessThan(40_000).contains("...");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aMessageThatIsMissingIsNoFault(Encoder<ILoggingEvent> format) {
        assertThat(Events.encoded(format, Events.event(Level.INFO, null))).contains("null");
    }

    @Test
    void stackTraceNamesEveryCause() throws Exception {
        ILoggingEvent event = Events.thrown(new IllegalStateException("outer", new RuntimeException("inner")));

        assertThat(plain(event))
                .contains("Relay: a session failed\njava.lang.IllegalStateException: outer\n\tat io.pgproxy.log")
                .contains("\nCaused by: java.lang.RuntimeException: inner\n\t");
        assertThat(json(event).get("stack_trace").asText())
                .startsWith("java.lang.IllegalStateException: outer\n\tat io.pgproxy.log")
                .contains("\nCaused by: java.lang.RuntimeException: inner\n\t");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatAThrowableSaysForgesNothing(Encoder<ILoggingEvent> format) {
        String attack = "gone\nCaused by: nobody\u001b[2J\u202e";
        RuntimeException outer = new RuntimeException(attack, new RuntimeException(attack));
        outer.addSuppressed(new RuntimeException(attack));

        assertThat(Events.encoded(format, Events.thrown(outer)))
                .doesNotContain("\nCaused by: nobody")
                .doesNotContain("\\nCaused by: nobody")
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void endlessCausesAreCut(Encoder<ILoggingEvent> format) {
        RuntimeException cause = new RuntimeException("the first");
        for (int i = 0; i < 1_000; i++) {
            cause = new RuntimeException("x".repeat(100_000), cause);
        }

        assertThat(Events.encoded(format, Events.thrown(cause))).hasSizeLessThan(200_000);
    }

    @Test
    void oneEventIsOneJsonLine() {
        List<String> lines =
                new ArrayList<>(Events.encoded(new JsonLines(), Events.thrown(new RuntimeException("a\nb")))
                        .lines()
                        .toList());

        assertThat(lines).hasSize(1);
    }
}
