package io.pgproxy.config.yaml;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The name or the value of one of Patroni's tags. Immutable.
 *
 * <p>Patroni takes any text; what can't be seen is refused, for a tag that fails to match for that reason is a riddle.
 */
record TagText() implements Syntax<String> {
    private static final int MAX_CHARACTERS = 200;
    private static final Map<String, Boolean> TRUTH_VALUES =
            Map.of("true", true, "yes", true, "on", true, "false", false, "no", false, "off", false);

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

    /**
     * Refuses what Patroni's YAML (1.1, as PyYAML has it) takes for a truth value or a number and its REST API then shows
     * otherwise, {@code yes} as {@code true} and {@code 010} as 8: the tag as it is written here would never match.
     */
    @Override
    public String parsePlain(String text) throws Unreadable {
        String tag = parse(text);
        Boolean truth = TRUTH_VALUES.get(tag.toLowerCase(Locale.ROOT));
        if (truth != null) {
            refuseUnlessShownSo(tag, "a truth value", truth.toString());
        }
        Optional<String> number = YamlNumber.shown(tag);
        if (number.isPresent()) {
            refuseUnlessShownSo(tag, "a number", number.get());
        }
        return tag;
    }

    private static void refuseUnlessShownSo(String tag, String what, String shown) throws Unreadable {
        if (!tag.equals(shown)) {
            throw new Unreadable(Quoted.of(tag) + " can be " + what + " or a text; write " + shown + ", or quote it");
        }
    }

    @Override
    public Form form() {
        return new Form.Free(MAX_CHARACTERS);
    }
}
