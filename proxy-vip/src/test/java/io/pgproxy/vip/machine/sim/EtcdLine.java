package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import java.util.function.Consumer;

/** One host's way to etcd and back; each can be cut by itself. */
final class EtcdLine {
    private static final double SENT_AGAIN = 0.4;

    private final int client;
    private final Agenda agenda;
    private final Chance chance;
    private final Weather weather;
    private final EtcdCluster cluster;
    private final Cuts there = new Cuts();
    private final Cuts back = new Cuts();

    EtcdLine(int client, Agenda agenda, Chance chance, Weather weather, EtcdCluster cluster) {
        this.client = client;
        this.agenda = agenda;
        this.chance = chance;
        this.weather = weather;
        this.cluster = cluster;
    }

    Cuts there() {
        return there;
    }

    Cuts back() {
        return back;
    }

    void ask(EtcdCall call, Consumer<EtcdAnswer> reply) {
        carry(there, () -> cluster.handle(client, call, answer -> carry(back, () -> reply.accept(answer))));
    }

    /** A watch's event: a hint that may be lost. */
    void hint(Runnable keyMoved) {
        if (back.open()) {
            carry(back, keyMoved);
        }
    }

    private void carry(Cuts way, Runnable arrival) {
        Runnable sent = () -> agenda.in(weather.delayNanos(), arrival);
        if (way.open()) {
            sent.run();
        } else if (chance.with(SENT_AGAIN)) {
            way.whenHealed(sent);
        }
    }
}
