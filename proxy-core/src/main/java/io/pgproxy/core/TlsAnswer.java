package io.pgproxy.core;

import java.util.Optional;

/** A server's answer to SSLRequest. */
enum TlsAnswer {
    GRANTED('S'),
    DECLINED('N');

    private final byte letter;

    TlsAnswer(char letter) {
        this.letter = (byte) letter;
    }

    /** The one byte that says it. */
    byte letter() {
        return letter;
    }

    /** What that byte says; empty if it is no answer. */
    static Optional<TlsAnswer> of(byte letter) {
        for (TlsAnswer answer : values()) {
            if (answer.letter == letter) {
                return Optional.of(answer);
            }
        }
        return Optional.empty();
    }
}
