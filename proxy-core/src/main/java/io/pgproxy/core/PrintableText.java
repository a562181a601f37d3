package io.pgproxy.core;

/**
 * Makes a stranger's text fit for a log line, a page or an error message: no control or formatting characters (they
 * forge log lines and reorder text on a terminal), and short. Pure.
 */
public final class PrintableText {
    /** A name or a server's message is shorter; an exception's text that is longer says nothing more. */
    private static final int MAX_CHARS = 200;

    private PrintableText() {}

    /** The text with every other character than visible ones and the space shown as {@code \}{@code uXXXX}. */
    public static String of(String text) {
        return of(text, MAX_CHARS);
    }

    /** The same for text that may be longer, up to that many characters. */
    public static String of(String text, int maxChars) {
        StringBuilder out = new StringBuilder();
        int[] codePoints = text.codePoints().limit(maxChars + 1L).toArray();
        for (int i = 0; i < Math.min(codePoints.length, maxChars); i++) {
            append(out, codePoints[i]);
        }
        return codePoints.length > maxChars ? out + "..." : out.toString();
    }

    private static void append(StringBuilder out, int codePoint) {
        if (visible(codePoint)) {
            out.appendCodePoint(codePoint);
        } else {
            out.append(String.format("\\u%04X", codePoint));
        }
    }

    private static boolean visible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
