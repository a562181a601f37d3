package io.pgproxy.config.yaml;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one kind of value is written. Immutable.
 *
 * @param <T> what it says
 */
interface Syntax<T> {
    T parse(String text) throws Unreadable;

    /** Of a text without quotes, which may be something else than a text to those who write or read YAML. */
    default T parsePlain(String text) throws Unreadable {
        return parse(text);
    }

    /** What such a value looks like. */
    Form form();

    /** The same, or a word such as {@code off} that says that there is none. */
    default Syntax<Optional<T>> or(String word) {
        return new Or<>(this, word);
    }

    /** The same, told as something else. */
    default <R> Syntax<R> as(Function<? super T, ? extends R> told) {
        return new Told<>(this, told);
    }

    /** A value, or a word instead. */
    record Or<T>(Syntax<T> syntax, String word) implements Syntax<Optional<T>> {
        @Override
        public Optional<T> parse(String text) throws Unreadable {
            if (text.equals(word)) {
                return Optional.empty();
            }
            try {
                return Optional.of(syntax.parse(text));
            } catch (Unreadable e) {
                throw new Unreadable(e.getMessage() + ", or " + word);
            }
        }

        @Override
        public Form form() {
            return new Form.Either(new Form.Word(List.of(word)), syntax.form());
        }
    }

    /** A value that becomes another. */
    record Told<S, T>(Syntax<S> syntax, Function<? super S, ? extends T> told) implements Syntax<T> {
        @Override
        public T parse(String text) throws Unreadable {
            return told.apply(syntax.parse(text));
        }

        @Override
        public Form form() {
            return syntax.form();
        }
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
