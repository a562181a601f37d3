package io.pgproxy.config.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** One of a few words. Immutable. */
record Choice<T>(Map<String, T> words) implements Syntax<T> {
    static final Choice<Boolean> BOOLEAN = of(List.of(true, false), String::valueOf);

    /** Constants as the file spells keys: {@code LEAST_CONNECTIONS} is {@code least-connections}. */
    static <E extends Enum<E>> Choice<E> kebab(E[] constants) {
        return of(List.of(constants), constant -> lowerCase(constant).replace('_', '-'));
    }

    /** Constants by their names in lower case, for {@code io_uring}, which nobody spells with a hyphen. */
    static <E extends Enum<E>> Choice<E> lowerCase(E[] constants) {
        return of(List.of(constants), Choice::lowerCase);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <T> Choice<T> of(List<T> values, Function<T, String> spelling) {
        Map<String, T> words = new LinkedHashMap<>(); // messages list them in this order
        values.forEach(value -> words.put(spelling.apply(value), value));
        return new Choice<>(words);
    }

    @Override
    public T parse(String text) throws Unreadable {
        T value = words.get(text);
        if (value == null) {
            throw new Unreadable(Quoted.of(text) + " is not known; write " + String.join(" or ", words.keySet()));
        }
        return value;
    }

    @Override
    public Form form() {
        return new Form.Word(List.copyOf(words.keySet()));
    }
}
