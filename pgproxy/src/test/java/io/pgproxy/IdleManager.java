package io.pgproxy;

import io.pgproxy.vip.LeaseClient;
import io.pgproxy.vip.VipAddress;
import io.pgproxy.vip.VipManager;
import io.pgproxy.vip.Visitors;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A manager that was never started, with nothing behind it. */
final class IdleManager {
    private IdleManager() {}

    static VipManager make() {
        VipMachine machine =
                new VipMachine(new Instance(VipStatuses.ME, 1), new TreeSet<>(), Timings.withTtl(8), Preferences.NONE);
        return new VipManager(machine, new NoEtcd(), new NoKernel(), message -> {}, new Nobody(), () -> false);
    }

    private static final class NoEtcd implements LeaseClient {
        @Override
        public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {}

        @Override
        public void watch(Runnable keyMoved) {}

        @Override
        public void close() {}
    }

    private static final class NoKernel implements VipAddress {
        @Override
        public boolean touch(int lifetimeSeconds, long fuseAtNanos) {
            return false;
        }

        @Override
        public boolean delete() {
            return true;
        }

        @Override
        public boolean isPresent() {
            return false;
        }

        @Override
        public boolean probe() {
            return false;
        }

        @Override
        public boolean listen() {
            return false;
        }

        @Override
        public void announce(boolean raised, long untilNanos) {}

        @Override
        public void hush() {}

        @Override
        public void close() {}
    }

    private static final class Nobody implements Visitors {
        @Override
        public void welcome() {}

        @Override
        public void end(long drainNanos, Runnable ended) {
            ended.run();
        }
    }
}
