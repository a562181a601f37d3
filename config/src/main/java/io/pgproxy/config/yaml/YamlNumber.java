package io.pgproxy.config.yaml;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The numbers that YAML 1.1 sees in texts without quotes, as PyYAML reads them and JSON shows them afterwards. Fractions
 * to the base of 60, infinity and what is no number are left out: no tag of a node is one of those.
 *
 * @see <a href="https://yaml.org/type/int.html">int</a> and <a href="https://yaml.org/type/float.html">float</a>
 */
final class YamlNumber {
    private static final Pattern BINARY = Pattern.compile("0b_*[01][01_]*");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x_*[0-9a-fA-F][0-9a-fA-F_]*");
    private static final Pattern OCTAL = Pattern.compile("0[0-7_]+");
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9_]*");
    private static final Pattern SEXAGESIMAL = Pattern.compile("[1-9][0-9_]*(:[0-5]?[0-9])+");
    private static final Pattern FRACTION =
            Pattern.compile("[-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?|\\.[0-9][0-9_]*([eE][-+][0-9]+)?");
    private static final BigInteger SIXTY = BigInteger.valueOf(60);

    private YamlNumber() {}

    /** How JSON shows the number that the text is without quotes; empty if it is none. */
    static Optional<String> shown(String plain) {
        if (FRACTION.matcher(plain).matches()) {
            return Optional.of(Double.toString(Double.parseDouble(plain.replace("_", ""))));
        }
        boolean signed = plain.startsWith("-") || plain.startsWith("+");
        return magnitude(signed ? plain.substring(1) : plain)
                .map(whole -> plain.startsWith("-") ? whole.negate() : whole)
                .map(BigInteger::toString);
    }

    private static Optional<BigInteger> magnitude(String unsigned) {
        String digits = unsigned.replace("_", "");
        if (BINARY.matcher(unsigned).matches()) {
            return Optional.of(new BigInteger(digits.substring(2), 2));
        }
        if (HEXADECIMAL.matcher(unsigned).matches()) {
            return Optional.of(new BigInteger(digits.substring(2), 16));
        }
        if (OCTAL.matcher(unsigned).matches()) {
            return Optional.of(new BigInteger(digits, 8));
        }
        if (DECIMAL.matcher(unsigned).matches()) {
            return Optional.of(new BigInteger(digits));
        }
        return SEXAGESIMAL.matcher(unsigned).matches() ? Optional.of(sexagesimal(digits)) : Optional.empty();
    }

    private static BigInteger sexagesimal(String digits) {
        BigInteger sum = BigInteger.ZERO;
        for (String place : digits.split(":", -1)) {
            sum = sum.multiply(SIXTY).add(new BigInteger(place));
        }
        return sum;
    }
}
