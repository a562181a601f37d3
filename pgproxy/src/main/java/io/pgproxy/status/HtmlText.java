package io.pgproxy.status;

import io.pgproxy.core.PrintableText;
import java.util.Arrays;

/** A page under construction: markup is ours, values are anybody's and always escaped. Confined to one thread. */
final class HtmlText {
    private final StringBuilder page = new StringBuilder(8192);

    /**
     * Appends markup with values in it.
     *
     * @param markup with {@code %s} for each value
     */
    void markup(String markup, Object... values) {
        Object[] escaped = Arrays.stream(values)
                .map(value -> escape(String.valueOf(value)))
                .toArray();
        page.append(String.format(markup, escaped));
    }

    @Override
    public String toString() {
        return page.toString();
    }

    /** Safe as text and as a quoted attribute. */
    static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        PrintableText.of(text, TextTable.MAX_CHARS).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }
}
