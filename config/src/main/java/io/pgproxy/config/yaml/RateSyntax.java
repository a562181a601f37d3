package io.pgproxy.config.yaml;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many a second: {@code 20/s}. Immutable. */
record RateSyntax() implements Syntax<Integer> {
    private static final WholeNumber PER_SECOND = new WholeNumber(1, 100_000);
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]*)/s");

    @Override
    public Integer parse(String text) throws Unreadable {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Unreadable(Quoted.of(text) + " is not a rate; write 1/s to 100000/s");
        }
        try {
            return PER_SECOND.parse(form.group(1));
        } catch (Unreadable e) {
            throw new Unreadable(Quoted.of(text) + " is out of range; write 1/s to 100000/s");
        }
    }

    /** The same, or a word such as {@code none} that says that there is no rate. */
    Syntax<OptionalInt> unless(String word) {
        return or(word).as(rate -> rate.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    }

    @Override
    public Form form() {
        return new Form.Matching(FORM.pattern());
    }
}
