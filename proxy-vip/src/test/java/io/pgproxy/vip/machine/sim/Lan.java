package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.PeerMessage;
import java.util.ArrayList;
import java.util.List;

/** The network between the hosts: each direction of each link can be cut; peer messages and ARP go by it. */
final class Lan {
    private static final int REMEMBERED = 500;
    /** Hellos are many and say little; a replay of something else is worth more. */
    private static final double HELLO_REMEMBERED = 0.02;

    private static final double SENT_AGAIN = 0.3;
    private static final long OLDEST_REPLAY_NANOS = 20 * Span.SECOND;

    private final Agenda agenda;
    private final Chance chance;
    private final Weather weather;
    private final boolean arpWorks;
    private final List<List<Cuts>> links = new ArrayList<>();
    private final List<PeerMessage> past = new ArrayList<>();
    private List<Host> hosts = List.of();

    /** @param arpWorks false where a firewall drops every probe */
    Lan(Agenda agenda, Chance chance, Weather weather, boolean arpWorks) {
        this.agenda = agenda;
        this.chance = chance;
        this.weather = weather;
        this.arpWorks = arpWorks;
    }

    void join(List<Host> all) {
        hosts = List.copyOf(all);
        for (Host ignored : all) {
            links.add(all.stream().map(host -> new Cuts()).toList());
        }
    }

    Cuts link(int from, int to) {
        return links.get(from).get(to);
    }

    void say(PeerMessage message) {
        remember(message);
        if (!weather.loses()) {
            carry(message, weather.delayNanos());
        }
        if (weather.duplicates()) {
            carry(message, chance.between(0, 50 * Span.MILLI));
        }
        if (!past.isEmpty() && weather.replays()) {
            carry(chance.oneOf(past), chance.between(0, OLDEST_REPLAY_NANOS));
        }
    }

    private void remember(PeerMessage message) {
        if (message instanceof PeerMessage.Hello && !chance.with(HELLO_REMEMBERED)) {
            return;
        }
        if (past.size() == REMEMBERED) {
            past.remove(chance.below(REMEMBERED));
        }
        past.add(message);
    }

    private void carry(PeerMessage message, long delayNanos) {
        int from = index(message.from().member().name());
        int to = index(message.to().member().name());
        Cuts link = link(from, to);
        Runnable arrival = () -> agenda.in(delayNanos, () -> {
            if (link.open()) {
                hosts.get(to).hears(message);
            }
        });
        if (link.open()) {
            arrival.run();
        } else if (chance.with(SENT_AGAIN)) {
            link.whenHealed(arrival);
        }
    }

    /** An ARP request from 0.0.0.0: whoever has the address at that moment answers. */
    void probe(int from) {
        for (int to = 0; to < hosts.size(); to++) {
            if (to != from) {
                broadcast(from, to, this::answer);
            }
        }
    }

    /** A gratuitous ARP request: every host sees that this one says to have the address. */
    void announce(int from) {
        for (int to = 0; to < hosts.size(); to++) {
            if (to != from) {
                broadcast(from, to, (asker, other) -> hosts.get(other).sees(asker));
            }
        }
    }

    private void answer(int asker, int asked) {
        if (hosts.get(asked).kernel().present()) {
            broadcast(asked, asker, (from, to) -> hosts.get(to).sees(from));
        }
    }

    private void broadcast(int from, int to, Arrival arrival) {
        if (arpWorks && link(from, to).open()) {
            long spike = chance.with(0.02) ? chance.between(0, 30 * Span.MILLI) : 0;
            agenda.in(chance.between(50 * Span.MICRO, 500 * Span.MICRO) + spike, () -> {
                if (link(from, to).open()) {
                    arrival.at(from, to);
                }
            });
        }
    }

    private interface Arrival {
        void at(int from, int to);
    }

    private int index(String name) {
        for (int index = 0; index < hosts.size(); index++) {
            if (hosts.get(index).member().name().equals(name)) {
                return index;
            }
        }
        throw new IllegalArgumentException(name + " is no host of this run");
    }
}
