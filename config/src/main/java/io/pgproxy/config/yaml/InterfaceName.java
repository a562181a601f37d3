package io.pgproxy.config.yaml;

import java.util.regex.Pattern;

/** The name of a network interface: {@code eth0}, {@code vmbr0.100}. Immutable. */
record InterfaceName() implements Syntax<String> {
    /** Linux takes up to 15 characters (IFNAMSIZ), of nearly any kind; these are what interfaces are called. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    @Override
    public String parse(String text) throws Unreadable {
        int at = text.indexOf('@');
        if (at > 0 && FORM.matcher(text.substring(0, at)).matches()) {
            throw new Unreadable(Quoted.of(text) + " is a name and what it belongs to; write " + text.substring(0, at));
        }
        if (!FORM.matcher(text).matches()) {
            throw new Unreadable(Quoted.of(text) + " is not the name of a network interface; write eth0, say,"
                    + " up to 15 letters, digits, dots, hyphens and underscores");
        }
        return text;
    }

    @Override
    public Form form() {
        return new Form.Matching(FORM.pattern());
    }
}
