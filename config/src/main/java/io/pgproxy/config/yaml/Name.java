package io.pgproxy.config.yaml;

import java.util.regex.Pattern;

/**
 * What is called by a name: nodes, listeners and the cluster. Immutable.
 *
 * <p>Names become metric labels, log text and table columns, hence the narrow alphabet and the 63 characters, which is
 * also PostgreSQL's own limit for a name.
 */
record Name() implements Syntax<String> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}");

    @Override
    public String parse(String text) throws Unreadable {
        if (!FORM.matcher(text).matches()) {
            throw new Unreadable(Quoted.of(text)
                    + " is not a name; write up to 63 letters, digits, dots, hyphens and underscores,"
                    + " with a letter, a digit or an underscore first");
        }
        return text;
    }

    @Override
    public Form form() {
        return new Form.Matching(FORM.pattern());
    }
}
