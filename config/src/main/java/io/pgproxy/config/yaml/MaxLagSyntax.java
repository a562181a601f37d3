package io.pgproxy.config.yaml;

import io.pgproxy.config.MaxLag;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A lag in one part: {@code none}, a size or a duration. Immutable. */
record MaxLagSyntax(SizeSyntax bytes, DurationSyntax time) implements Syntax<MaxLag> {
    @Override
    public MaxLag parse(String text) throws Unreadable {
        if (text.equals("none")) {
            return MaxLag.NONE;
        }
        if (text.matches("[0-9]+[A-Za-z]*B")) {
            return new MaxLag(OptionalLong.of(bytes.parse(text)), Optional.empty());
        }
        if (text.matches("[0-9]+(ms|s|m|h)")) {
            return new MaxLag(OptionalLong.empty(), Optional.of(time.parse(text)));
        }
        throw new Unreadable(
                Quoted.of(text) + " is not a lag; write none, a size such as 16MB, a duration such as 30s, or both");
    }

    @Override
    public Form form() {
        return new Form.Either(new Form.Word(List.of("none")), new Form.Either(bytes.form(), time.form()));
    }
}
