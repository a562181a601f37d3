package io.pgproxy;

import io.pgproxy.admin.Order;
import io.pgproxy.admin.Parameters;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** To hand the virtual addresses over on purpose, if there is somebody who could take them. Safe from any thread. */
final class MoveOrder implements Order {
    private final Member me;
    private final long drainNanos;
    private final Supplier<VipStatus> status;
    private final Consumer<Event> machine;

    /** @param drainNanos how long the sessions that came by the addresses may go on */
    MoveOrder(Member me, long drainNanos, Supplier<VipStatus> status, Consumer<Event> machine) {
        this.me = me;
        this.drainNanos = drainNanos;
        this.status = status;
        this.machine = machine;
    }

    @Override
    public CompletionStage<String> carryOut(Parameters parameters) throws RefusedException {
        VipStatus now = status.get();
        if (now.state() != State.HOLD) {
            throw new RefusedException("the virtual address is not at " + me + ": " + whereIsIt(now));
        }
        if (now.silent().isEmpty()) {
            throw new RefusedException("there are no peers, so nobody can be heard who would take the virtual"
                    + " address; stop this instance to give it away");
        }
        if (!now.etcdAnswers()) {
            throw new RefusedException("etcd does not answer, so nobody could take the virtual address");
        }
        if (now.ready().isEmpty()) {
            throw new RefusedException(
                    now.silent().containsValue(false)
                            ? "no other member is ready to take the virtual address; its status says why"
                            : "no other member is heard, and none might take the virtual address");
        }
        machine.accept(new Event.Move(drainNanos));
        return CompletableFuture.completedFuture(me + " is handing over the virtual address");
    }

    private static String whereIsIt(VipStatus now) {
        if (!now.etcdAnswers()) {
            return "etcd does not answer, so nobody knows who has it";
        }
        return now.holder().map(holder -> holder.member() + " has it").orElse("nobody has it");
    }
}
