package io.pgproxy.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One JSON object a line, in UTF-8, for whatever collects logs; the message reads as it does in {@link PlainLines}, and
 * a stack trace is one text with line breaks. Confined to the log's thread.
 *
 * <p>Logback's own JSON encoder has the time as a number, arguments beside the message, and every frame as an object.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    private final JsonFactory json = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator object = json.createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("timestamp", LineText.time(event));
            object.writeStringField("level", event.getLevel().toString());
            object.writeStringField("thread", LineText.printable(event.getThreadName()));
            object.writeStringField("logger", event.getLoggerName());
            object.writeStringField("message", LineText.message(event));
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null) {
                object.writeStringField("stack_trace", StackTrace.of(thrown));
            }
            object.writeEndObject();
            object.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory failed", e);
        }
        return line.toByteArray();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
