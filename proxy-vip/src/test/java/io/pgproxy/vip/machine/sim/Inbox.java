package io.pgproxy.vip.machine.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What has happened to a program and was not looked at yet. What comes from one source keeps its order; which source is
 * served next is chance when several wait, as after a pause.
 */
final class Inbox {
    private static final double OUT_OF_TURN = 0.3;

    private final Chance chance;
    private final List<Item> items = new ArrayList<>();

    /** Where an event comes from: each is a thread or a socket of its own. */
    enum Source {
        TIMER,
        ETCD,
        PEER,
        ARP,
        NETLINK,
        CONTROL
    }

    private record Item(Source source, Object what) {}

    Inbox(Chance chance) {
        this.chance = chance;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    void add(Source source, Object what) {
        items.add(new Item(source, what));
    }

    Object take() {
        if (items.size() > 1 && chance.with(OUT_OF_TURN)) {
            Source source = chance.oneOf(List.copyOf(waiting()));
            for (int index = 0; index < items.size(); index++) {
                if (items.get(index).source() == source) {
                    return items.remove(index).what();
                }
            }
        }
        return items.remove(0).what();
    }

    private Set<Source> waiting() {
        Set<Source> waiting = EnumSet.noneOf(Source.class);
        items.forEach(item -> waiting.add(item.source()));
        return waiting;
    }
}
