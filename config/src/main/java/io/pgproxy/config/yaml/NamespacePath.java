package io.pgproxy.config.yaml;

import java.util.regex.Pattern;

/**
 * Patroni's {@code namespace}: {@code service}, {@code /service} and {@code /service/} are the same, as they are to
 * Patroni. Immutable.
 */
record NamespacePath() implements Syntax<String> {
    private static final int MAX_CHARACTERS = 200;

    private static final Pattern FORM = Pattern.compile("/|/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?");

    @Override
    public String parse(String text) throws Unreadable {
        if (text.length() > MAX_CHARACTERS || !FORM.matcher(text).matches()) {
            throw new Unreadable(Quoted.of(text) + " is not a namespace; write it as Patroni has it, such as /service/,"
                    + " with up to " + MAX_CHARACTERS + " letters, digits, dots, hyphens, underscores and slashes");
        }
        return ("/" + text + "/").replaceAll("/+", "/");
    }

    @Override
    public Form form() {
        return new Form.Matching(FORM.pattern());
    }
}
