package io.pgproxy;

import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** What the machine may say of itself, as of {@link #NOW}. */
final class VipStatuses {
    static final Member ME = new Member("192.168.50.11:7001");
    static final Member OTHER = new Member("192.168.50.12:7001");
    static final long NOW = TimeUnit.SECONDS.toNanos(1_000);
    static final Map<Member, Boolean> HEARD = Map.of(OTHER, false);
    static final Map<Member, Boolean> SILENT = Map.of(OTHER, true);

    State state = State.STANDBY;
    long sinceNanos = before(60);
    boolean etcdAnswers = true;
    Optional<Instance> holder = Optional.of(new Instance(OTHER, 2));
    SortedSet<Member> othersRecorded = new TreeSet<>();
    long deadlineNanos = VipStatus.NEVER;
    long etcdUntilNanos = VipStatus.NEVER;
    long addressUntilNanos = VipStatus.NEVER;
    long creditedNanos = VipStatus.NEVER;
    Map<Member, Boolean> silent = HEARD;
    SortedSet<Member> ready = new TreeSet<>(Set.of(OTHER));
    String trouble = "";

    /** The other one has the address. */
    static VipStatuses standby() {
        VipStatuses made = new VipStatuses();
        made.trouble = "another has the key";
        return made;
    }

    /** This one has it, by etcd for two seconds more. */
    static VipStatuses holding() {
        VipStatuses made = new VipStatuses();
        made.state = State.HOLD;
        made.holder = Optional.of(new Instance(ME, 1));
        made.deadlineNanos = after(2);
        made.etcdUntilNanos = after(2);
        made.addressUntilNanos = after(1);
        made.creditedNanos = before(1);
        return made;
    }

    static long after(long seconds) {
        return NOW + TimeUnit.SECONDS.toNanos(seconds);
    }

    static long before(long seconds) {
        return after(-seconds);
    }

    VipStatus made() {
        return new VipStatus(
                state,
                sinceNanos,
                true,
                etcdAnswers,
                holder,
                othersRecorded,
                deadlineNanos,
                etcdUntilNanos,
                VipStatus.NEVER,
                addressUntilNanos,
                creditedNanos,
                VipStatus.NEVER,
                silent,
                ready,
                false,
                false,
                3,
                trouble);
    }
}
