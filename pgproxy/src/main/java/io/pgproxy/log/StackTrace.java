package io.pgproxy.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * A throwable as Java's own stack traces show it, but for what others have written into its messages: that can neither
 * forge a frame nor a line. Bounded. Stateless.
 */
final class StackTrace {
    private static final int MAX_FRAMES = 100;
    /** Causes of causes; a chain that is longer was made to be. */
    private static final int MAX_DEPTH = 10;

    private StackTrace() {}

    /** Lines, each ended. */
    static String of(IThrowableProxy thrown) {
        StringBuilder out = new StringBuilder();
        append(thrown, "", "", 0, out);
        return out.toString();
    }

    private static void append(IThrowableProxy thrown, String indent, String title, int depth, StringBuilder out) {
        out.append(indent).append(title).append(thrown.getClassName());
        String message = thrown.getMessage();
        out.append(message == null ? "" : ": " + LineText.printable(message)).append('\n');
        if (thrown.isCyclic() || depth == MAX_DEPTH) {
            return;
        }
        frames(thrown, indent + "\t", out);
        for (IThrowableProxy suppressed : thrown.getSuppressed()) {
            append(suppressed, indent + "\t", "Suppressed: ", depth + 1, out);
        }
        IThrowableProxy cause = thrown.getCause();
        if (cause != null) {
            append(cause, indent, "Caused by: ", depth + 1, out);
        }
    }

    private static void frames(IThrowableProxy thrown, String indent, StringBuilder out) {
        StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
        int own = frames.length - thrown.getCommonFrames();
        for (int i = 0; i < Math.min(own, MAX_FRAMES); i++) {
            out.append(indent).append(frames[i].getSTEAsString()).append('\n');
        }
        int more = frames.length - Math.min(own, MAX_FRAMES);
        if (more > 0) {
            out.append(indent).append("... ").append(more).append(" more\n");
        }
    }
}
