package io.pgproxy.health.ask;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which of a name's addresses is asked next, and so which one sessions go to. Confined to the control thread.
 *
 * <p>The one that answers is kept. It is left only when it has missed as many checks in a row as make a node silent, or
 * when a session could not connect to it: Patroni may answer where PostgreSQL does not listen or lets nobody in, so one
 * lost check must not move every new session. Until another one answers it takes turns with each of the others, so that
 * however many dead ones a name has, it is tried again with every second check.
 *
 * <p>Home is the address that answered first, for as long as the name has it. While another one is in use, home is asked
 * now and then, and is used again as soon as it answers.
 */
final class AddressChoice {
    /** A node has one or two; what else a resolver says is not worth the memory. */
    static final int MAX_ADDRESSES = 16;

    /** Answers from elsewhere until home is asked again: half a minute at one a second. */
    static final int AWAY_AFTER_MISSES = 30;

    /** The same after a session's complaint: who tries home again may have to wait for another connect to time out. */
    static final int AWAY_AFTER_COMPLAINT = 300;

    private final int fall;
    private List<InetAddress> known = List.of();
    private Optional<InetAddress> current = Optional.empty();
    private Optional<InetAddress> working = Optional.empty();
    private Optional<InetAddress> answering = Optional.empty();
    private Optional<InetAddress> home = Optional.empty();
    private int misses;
    private int answersUntilHome = AWAY_AFTER_MISSES;
    private int turn;

    /**
     * No address yet.
     *
     * @param fall misses in a row after which the one in use is left
     */
    AddressChoice(int fall) {
        this.fall = fall;
    }

    Optional<InetAddress> current() {
        return current;
    }

    /** The one that answered last, if the name still has it. */
    Optional<InetAddress> working() {
        return working;
    }

    /** The same, if the last check there has brought an answer. */
    Optional<InetAddress> answering() {
        return answering;
    }

    /** Whether the name has that address. */
    boolean leadsTo(InetAddress address) {
        return known.contains(address);
    }

    /** The name has these addresses, and no others any more; there is at least one. */
    void resolved(List<InetAddress> found) {
        List<InetAddress> next = new ArrayList<>(known);
        next.retainAll(found); // resolvers rotate: who was known keeps its turn
        for (InetAddress address : found) {
            if (next.size() < MAX_ADDRESSES && !next.contains(address)) {
                next.add(address);
            }
        }
        known = List.copyOf(next);
        working = working.filter(known::contains);
        answering = answering.filter(known::contains);
        home = home.filter(known::contains);
        current = current.filter(known::contains).or(() -> Optional.of(known.get(0)));
    }

    /** A check there has brought an answer. */
    void answered(InetAddress from) {
        if (!known.contains(from)) {
            return;
        }
        misses = 0;
        answering = Optional.of(from);
        if (answering.equals(working) && !current.equals(working)) {
            return; // it was asked before a session complained of it: the other one's turn stands
        }
        home = home.isPresent() ? home : answering;
        working = answering;
        current = answering;
        if (!working.equals(home) && --answersUntilHome <= 0) {
            answersUntilHome = AWAY_AFTER_MISSES;
            current = home;
        }
    }

    /** A check there has brought none. */
    void missed(InetAddress by) {
        answering = without(by, answering);
        if (!current.equals(Optional.of(by)) || known.size() == 1) {
            return;
        }
        if (working.isEmpty()) {
            current = Optional.of(another(by));
        } else if (!current.equals(working)) {
            current = working;
        } else if (++misses >= fall) {
            leave(AWAY_AFTER_MISSES);
        }
    }

    /** It is another node's: whatever answered there was not this one, or is no longer. It keeps its turn. */
    void disown(InetAddress address) {
        working = without(address, working);
        answering = without(address, answering);
        home = without(address, home);
    }

    /** A session could not connect to the one that works; whether anybody else is to be asked now. */
    boolean complained() {
        if (working.isEmpty() || !current.equals(working) || known.size() == 1) {
            return false;
        }
        leave(AWAY_AFTER_COMPLAINT);
        return true;
    }

    private static Optional<InetAddress> without(InetAddress address, Optional<InetAddress> chosen) {
        return chosen.filter(one -> !one.equals(address));
    }

    private void leave(int answersAway) {
        answersUntilHome = answersAway;
        current = Optional.of(another(working.orElseThrow()));
    }

    private InetAddress another(InetAddress than) {
        InetAddress next;
        do {
            turn = (turn + 1) % known.size();
            next = known.get(turn);
        } while (next.equals(than));
        return next;
    }
}
