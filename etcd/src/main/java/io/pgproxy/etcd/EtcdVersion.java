package io.pgproxy.etcd;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of etcd's server. Immutable. */
record EtcdVersion(int major, int minor, int patch) implements Comparable<EtcdVersion> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})(?:[-+].*)?");

    private static final Comparator<EtcdVersion> ORDER = Comparator.comparingInt(EtcdVersion::major)
            .thenComparingInt(EtcdVersion::minor)
            .thenComparingInt(EtcdVersion::patch);

    /** From here on a leader makes sure that it still is one before it keeps a lease alive (etcd #15247). */
    private static final EtcdVersion SURE_LEADER = new EtcdVersion(3, 5, 13);

    private static final EtcdVersion SAFE_3_5 = new EtcdVersion(3, 5, 33);
    private static final EtcdVersion SAFE_3_6 = new EtcdVersion(3, 6, 14);
    private static final EtcdVersion SAFE_3_7 = new EtcdVersion(3, 7, 1);

    static EtcdVersion read(String text) throws UnreadableValue {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new UnreadableValue("its version is " + Trouble.plain(text));
        }
        return new EtcdVersion(
                Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3)));
    }

    /** What is known to be wrong with it. */
    Optional<String> warning() {
        if (compareTo(SURE_LEADER) < 0) {
            return Optional.of(
                    "a leader that hangs on its disk goes on keeping leases alive that the others let expire;"
                            + " this is mended from 3.5.13 on, and known security faults from " + safe() + " on");
        }
        return compareTo(safe()) < 0
                ? Optional.of("it has known security faults, which are mended from " + safe() + " on")
                : Optional.empty();
    }

    private EtcdVersion safe() {
        return switch (minor) {
            case 6 -> SAFE_3_6;
            case 7 -> SAFE_3_7;
            default -> SAFE_3_5;
        };
    }

    @Override
    public int compareTo(EtcdVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
