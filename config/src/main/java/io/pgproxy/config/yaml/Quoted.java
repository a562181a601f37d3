package io.pgproxy.config.yaml;

import java.nio.file.Path;

/** The operator's own text as a message shows it: in quotes, short, and harmless to a terminal. */
final class Quoted {
    private static final int MAX_SHOWN = 60;
    private static final int MAX_SENTENCE = 200;
    private static final int MAX_PATH = 4096;

    private Quoted() {}

    static String of(String text) {
        return "'" + plain(text) + "'";
    }

    /** A path, in full: its end is what tells files apart. */
    static String of(Path file) {
        return "'" + shown(file.toString(), MAX_PATH) + "'";
    }

    /** A short text without the quotes, for a key within a path. */
    static String plain(String text) {
        return shown(text, MAX_SHOWN);
    }

    /** A library's sentence, which may quote the operator's text. */
    static String sentence(String text) {
        return shown(text, MAX_SENTENCE);
    }

    private static String shown(String text, int max) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(max).forEach(c -> append(shown, c));
        return text.codePointCount(0, text.length()) > max ? shown + "..." : shown.toString();
    }

    private static void append(StringBuilder shown, int codePoint) {
        if (isVisible(codePoint)) {
            shown.appendCodePoint(codePoint);
        } else {
            shown.append(String.format("\\u%04x", codePoint));
        }
    }

    /** A byte order mark in a key is found by nobody who can't see it, and a control character may hide the rest. */
    static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
