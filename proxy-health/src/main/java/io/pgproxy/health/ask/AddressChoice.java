package io.pgproxy.health.ask;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which of a name's addresses is asked next: the one that answered last, for as long as the name has it. While that one
 * does not answer it takes turns with each of the others, so that however many dead ones a name has, it is tried again
 * with every second check. Confined to the control thread.
 */
final class AddressChoice {
    /** A node has one or two; what else a resolver says is not worth the memory. */
    static final int MAX_ADDRESSES = 16;

    private List<InetAddress> known = List.of();
    private Optional<InetAddress> current = Optional.empty();
    private Optional<InetAddress> working = Optional.empty();
    private int turn;

    Optional<InetAddress> current() {
        return current;
    }

    /** The one that answered last, if the name still has it. */
    Optional<InetAddress> working() {
        return working;
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
        current = current.filter(known::contains).or(() -> Optional.of(known.get(0)));
    }

    /** A check there has brought an answer. */
    void answered(InetAddress from) {
        if (known.contains(from)) {
            working = Optional.of(from);
            current = working;
        }
    }

    /** A check there has brought none. */
    void missed(InetAddress by) {
        if (!current.equals(Optional.of(by)) || known.size() == 1) {
            return;
        }
        current = working.isPresent() && !current.equals(working) ? working : Optional.of(another(by));
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
