package io.pgproxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.pgproxy.admin.Order.RefusedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What a request says behind its path, in the form {@code ?node=pg102&limit=10}; each name once. Immutable. */
public final class Parameters {
    /** Nothing is said. */
    public static final Parameters NONE = new Parameters(Map.of());

    private static final int MAX_VALUE_CHARS = 40;

    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Those of an HTTP request's target.
     *
     * @throws RefusedException if it can't be read
     */
    static Parameters of(String target) throws RefusedException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> parameter : decode(target).entrySet()) {
            if (parameter.getValue().size() > 1) {
                throw RefusedException.misunderstood("'" + shown(parameter.getKey()) + "' is there more than once");
            }
            values.put(parameter.getKey(), parameter.getValue().get(0));
        }
        return new Parameters(values);
    }

    private static Map<String, List<String>> decode(String target) throws RefusedException {
        try {
            return new QueryStringDecoder(target).parameters();
        } catch (IllegalArgumentException e) {
            throw RefusedException.misunderstood("what is behind the '?' is no list of parameters");
        }
    }

    /**
     * Refuses what nobody would heed.
     *
     * @throws RefusedException naming a parameter that is not among those names
     */
    public void allowOnly(Set<String> names) throws RefusedException {
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                throw RefusedException.misunderstood("what does '" + shown(name) + "' mean?");
            }
        }
    }

    /**
     * The value of that name, as it is; empty if it is not there.
     *
     * @throws RefusedException if it is there and empty
     */
    public Optional<String> text(String name) throws RefusedException {
        String value = values.get(name);
        if (value != null && value.isEmpty()) {
            throw RefusedException.misunderstood(name + " needs a value");
        }
        return Optional.ofNullable(value);
    }

    /**
     * The number of that name; empty if it is not there.
     *
     * @throws RefusedException if it is there and no whole number from {@code min} to {@code max}
     */
    public OptionalInt number(String name, int min, int max) throws RefusedException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text.get());
            if (number >= min && number <= max) {
                return OptionalInt.of(number);
            }
        }
        throw RefusedException.misunderstood(
                name + " is a whole number from " + min + " to " + max + ", not '" + shown(text.get()) + "'");
    }

    /** What came over the socket goes to a terminal. */
    private static String shown(String text) {
        String visible = text.replaceAll("[^\\x20-\\x7e]", "?");
        return visible.length() > MAX_VALUE_CHARS ? visible.substring(0, MAX_VALUE_CHARS) + "..." : visible;
    }
}
