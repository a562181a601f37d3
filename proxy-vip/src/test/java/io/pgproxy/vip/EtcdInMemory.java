package io.pgproxy.vip;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** An etcd that answers at once and that nobody else uses. Its last holder, {@link #ME}'s earlier run, had crashed. */
final class EtcdInMemory implements LeaseClient {
    static final Instance ME = new Instance(new Member("192.168.50.11:7001"), 11);

    private static final Instance EARLIER = new Instance(ME.member(), 10);
    private static final long LEASE = 77;
    private static final long TTL_SECONDS = 8;

    private static final long TERM = 2;
    private long revision = 1;
    private Optional<EtcdAnswer.Key> key = Optional.empty();
    private Optional<EtcdAnswer.Kept> kept = Optional.of(
            new EtcdAnswer.Kept(revision, new Holding(EARLIER, new TreeSet<>(List.of(ME.member())), false)));

    @Override
    public synchronized void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
        answer.accept(answer(call));
    }

    /** The same for somebody who is heard asking. */
    LeaseClient heard(Consumer<EtcdCall> listener) {
        EtcdInMemory same = this;
        return new LeaseClient() {
            @Override
            public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
                listener.accept(call);
                same.perform(call, deadlineNanos, answer);
            }

            @Override
            public void watch(Runnable keyMoved) {}

            @Override
            public void close() {}
        };
    }

    private EtcdAnswer answer(EtcdCall call) {
        if (call instanceof EtcdCall.Grant) {
            return new EtcdAnswer.Granted(LEASE, TTL_SECONDS);
        } else if (call instanceof EtcdCall.KeepAlive) {
            return new EtcdAnswer.KeptAlive(TTL_SECONDS, TERM);
        } else if (call instanceof EtcdCall.Read) {
            return new EtcdAnswer.Seen(key, kept, TERM);
        } else if (call instanceof EtcdCall.Claim claim) {
            return change(Optional.of(ME), claim.record());
        } else if (call instanceof EtcdCall.Release release) {
            return change(Optional.empty(), release.record());
        }
        return new EtcdAnswer.Revoked();
    }

    private EtcdAnswer change(Optional<Instance> holder, Holding record) {
        revision++;
        key = holder.map(instance -> new EtcdAnswer.Key(revision, instance));
        kept = Optional.of(new EtcdAnswer.Kept(revision, record));
        return new EtcdAnswer.Done(true, revision);
    }

    @Override
    public void watch(Runnable keyMoved) {}

    @Override
    public void close() {}
}
