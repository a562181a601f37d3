package io.pgproxy.health.decide;

import io.pgproxy.core.PrintableText;
import java.util.Optional;

/**
 * What came of asking a node. Immutable.
 *
 * @param detail half a sentence for people, safe to print
 * @param answer present exactly with {@link Kind#ANSWERED}
 */
public record ProbeOutcome(Kind kind, String detail, Optional<PatroniAnswer> answer) {
    /** The ways in which a check can end. */
    public enum Kind {
        ANSWERED,
        /** The deadline passed, from the connect to the last byte. */
        TIMED_OUT,
        /** Refused, unreachable, reset, closed early, TLS failed. */
        NO_CONNECTION,
        /** Something answered that is not Patroni, or not in its right mind. */
        GARBAGE,
        /** The configured name has never resolved. */
        UNRESOLVED,
        /** Our machine's or our program's fault: no verdict on the node. */
        OUR_FAULT
    }

    /** Patroni answered. */
    public static ProbeOutcome answered(PatroniAnswer answer) {
        return new ProbeOutcome(Kind.ANSWERED, answer.text(), Optional.of(answer));
    }

    /** Anything else; the detail is made printable. */
    public static ProbeOutcome failed(Kind kind, String detail) {
        return new ProbeOutcome(kind, PrintableText.of(detail), Optional.empty());
    }
}
