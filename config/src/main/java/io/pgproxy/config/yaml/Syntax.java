package io.pgproxy.config.yaml;

import java.util.Optional;
import java.util.function.Function;

/**
 * How one kind of value is written. Immutable.
 *
 * @param <T> what it says
 */
@FunctionalInterface
interface Syntax<T> {
    T parse(String text) throws Unreadable;

    /** The same, or a word such as {@code off} that says that there is none. */
    default Syntax<Optional<T>> or(String word) {
        return text -> {
            if (text.equals(word)) {
                return Optional.empty();
            }
            try {
                return Optional.of(parse(text));
            } catch (Unreadable e) {
                throw new Unreadable(e.getMessage() + ", or " + word);
            }
        };
    }

    /** The same, told as something else. */
    default <R> Syntax<R> as(Function<? super T, ? extends R> told) {
        return text -> told.apply(parse(text));
    }

    /** The text is not that kind of value; the message says why and what to write instead. */
    final class Unreadable extends Exception {
        private final String reason;

        Unreadable(String reason) {
            super(reason, null, false, false); // it goes a few lines up and is answered; nobody wants its stack
            this.reason = reason;
        }

        @Override
        public String getMessage() {
            return reason;
        }
    }
}
