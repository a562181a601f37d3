package io.pgproxy.config.yaml;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/** A whole number in decimal digits, nothing else: {@code 010}, {@code 1_000} and {@code 0x10} are refused. Immutable. */
record WholeNumber(int min, int max) implements Syntax<Integer> {
    static final WholeNumber PORT = new WholeNumber(1, 65535);

    private static final Pattern FORM = Pattern.compile("-?(0|[1-9][0-9]*)");

    @Override
    public Integer parse(String text) throws Unreadable {
        if (!FORM.matcher(text).matches()) {
            throw new Unreadable(Quoted.of(text) + " is not a whole number; write " + min + " to " + max);
        }
        long number = text.startsWith("-") ? -1 : saturated(text, 1);
        if (number < min || number > max) {
            throw new Unreadable(Quoted.of(text) + " is out of range; write " + min + " to " + max);
        }
        return (int) number;
    }

    @Override
    public Form form() {
        return new Form.Whole(min, max);
    }

    /** The same, or a word such as {@code none} that says that there is no number. */
    Syntax<OptionalInt> unless(String word) {
        return or(word).as(number -> number.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    }

    /** Decimal digits times a factor; the largest long where that is too small, which every range here refuses. */
    static long saturated(String digits, long factor) {
        if (digits.length() > 18) {
            return Long.MAX_VALUE;
        }
        long number = Long.parseLong(digits);
        return number > Long.MAX_VALUE / factor ? Long.MAX_VALUE : number * factor;
    }
}
