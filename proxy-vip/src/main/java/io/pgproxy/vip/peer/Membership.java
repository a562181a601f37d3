package io.pgproxy.vip.peer;

import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Member;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of the members this instance is, and who the others are. A member is known by its text in the configuration,
 * never by what a name resolves to, since that may change and may be unknown.
 */
public sealed interface Membership {
    /**
     * The members. Immutable.
     *
     * @param others where each is reached; none if this instance is alone
     */
    record Known(Member me, SortedMap<Member, PeerAddress> others) implements Membership {
        public Known {
            others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
        }
    }

    /**
     * The configuration and this host do not fit together, or not yet.
     *
     * @param problem what the operator can do about it
     */
    record Unclear(String problem) implements Membership {}
}
