package io.pgproxy.config.yaml;

/**
 * The name or the value of one of Patroni's tags. Immutable.
 *
 * <p>Patroni takes any text; what can't be seen is refused, for a tag that fails to match for that reason is a riddle.
 */
record TagText() implements Syntax<String> {
    private static final int MAX_CHARACTERS = 200;

    @Override
    public String parse(String text) throws Unreadable {
        if (text.isEmpty()
                || text.codePointCount(0, text.length()) > MAX_CHARACTERS
                || !text.codePoints().allMatch(Quoted::isVisible)) {
            throw new Unreadable(Quoted.of(text) + " is not a tag's text; write 1 to " + MAX_CHARACTERS
                    + " characters, all of them visible");
        }
        return text;
    }

    @Override
    public Form form() {
        return new Form.Free(MAX_CHARACTERS);
    }
}
