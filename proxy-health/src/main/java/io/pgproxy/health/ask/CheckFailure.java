package io.pgproxy.health.ask;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** Whose fault it is that a check failed: the node's, or our own machine's. */
final class CheckFailure {
    /** No descriptor or memory was left for a socket (EMFILE, ENFILE, ENOBUFS): nobody was asked. */
    static final class NoSocket extends RuntimeException {
        NoSocket(RuntimeException cause) {
            super("cannot open a socket", cause);
        }
    }

    private CheckFailure() {}

    static ProbeOutcome of(@Nullable Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            return ProbeOutcome.failed(
                    Kind.GARBAGE, "a body of more than " + PatroniAnswerReader.MAX_BODY_BYTES + " bytes");
        }
        return ProbeOutcome.failed(isOurs(cause) ? Kind.OUR_FAULT : Kind.NO_CONNECTION, text(cause));
    }

    /** BindException is the JDK's word for EADDRNOTAVAIL, EACCES and EPERM: no local port left, or our own firewall. */
    private static boolean isOurs(@Nullable Throwable cause) {
        for (Throwable link = cause; link != null; link = link.getCause()) {
            if (link instanceof NoSocket || link instanceof BindException || link instanceof VirtualMachineError) {
                return true;
            }
        }
        return false;
    }

    private static String text(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reason given";
        }
        boolean wrapped = cause instanceof DecoderException || cause instanceof NoSocket;
        Throwable shown = wrapped && cause.getCause() != null ? cause.getCause() : cause;
        String message = shown.getMessage();
        return message != null ? message : shown.getClass().getSimpleName();
    }
}
