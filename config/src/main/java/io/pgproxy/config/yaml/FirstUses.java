package io.pgproxy.config.yaml;

import java.util.HashMap;
import java.util.Map;

/** Values that may be used once, and who used each first. Confined to one load. */
final class FirstUses {
    private final Map<String, String> firstUses = new HashMap<>();

    /**
     * Uses a value, or adds the problem that it is used already.
     *
     * @param identity what is compared
     * @param shown what the operator knows it by
     * @param keys to blame; the first that is written
     */
    void claim(String identity, String shown, Section section, String... keys) {
        String key = section.culprit(keys);
        String use = section.path(key) + " in line " + section.line(key);
        String first = firstUses.putIfAbsent(identity, use);
        if (first != null) {
            section.refuse(shown + " is used already by " + first, keys);
        }
    }
}
