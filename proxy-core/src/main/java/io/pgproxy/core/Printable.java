package io.pgproxy.core;

/** Other people's text on its way into a log line or a message. Pure. */
final class Printable {
    private static final int MAX_CHARS = 200;

    private Printable() {}

    /** The text on one line: control characters as {@code \xNN}, and no longer than 200 characters. */
    static String text(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_CHARS));
        for (int i = 0; i < text.length(); i++) {
            if (out.length() >= MAX_CHARS) {
                return out.append("...").toString();
            }
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
