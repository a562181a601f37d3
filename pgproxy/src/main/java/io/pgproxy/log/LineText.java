package io.pgproxy.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.pgproxy.core.PrintableText;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The parts of a line that both formats have in common. Stateless. */
final class LineText {
    /** A line of ours has a few hundred characters; what is longer is a stranger's text. */
    private static final int MAX_CHARS = 4_000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

    private LineText() {}

    /** With the zone, so that two hosts' logs can be laid side by side. */
    static String time(ILoggingEvent event) {
        return TIME.format(event.getInstant());
    }

    /** One line without anything that forges another or commands a terminal. */
    static String message(ILoggingEvent event) {
        return printable(event.getFormattedMessage());
    }

    static String printable(String text) {
        return PrintableText.of(String.valueOf(text), MAX_CHARS);
    }
}
