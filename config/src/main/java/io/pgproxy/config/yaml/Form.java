package io.pgproxy.config.yaml;

import java.util.List;

/**
 * What a value looks like, told to those who check or complete a file without us. What a form lets through may still be
 * refused, for its range, say; what a {@link Syntax} takes has its form. Immutable.
 */
sealed interface Form {
    /**
     * A text.
     *
     * @param pattern of the whole text, in what the regular expressions of Java and of JavaScript have in common
     */
    record Matching(String pattern) implements Form {}

    /** Any text of 1 to so many characters, also one that YAML takes for a number or a truth value. */
    record Free(int maxCharacters) implements Form {}

    /** A whole number. */
    record Whole(int min, int max) implements Form {}

    /** One of a few words. */
    record Word(List<String> words) implements Form {
        public Word {
            words = List.copyOf(words);
        }
    }

    /** One or the other. */
    record Either(Form first, Form second) implements Form {}
}
