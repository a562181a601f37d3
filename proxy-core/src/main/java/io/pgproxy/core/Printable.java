package io.pgproxy.core;

/** Other people's text on its way into a log line or a message. Pure. */
final class Printable {
    private static final int MAX_CHARS = 200;

    private Printable() {}

    /** The text on one line: control and format characters as {@code \xNN}, cut after 200 characters. */
    static String text(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_CHARS));
        for (int i = 0; i < text.length(); i++) {
            if (out.length() >= MAX_CHARS) {
                return out.append("...").toString();
            }
            char c = text.charAt(i);
            if (breaksTheLine(c)) {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Or turns its direction, or hides in it. */
    private static boolean breaksTheLine(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
