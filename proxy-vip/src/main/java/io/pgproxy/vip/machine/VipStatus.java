package io.pgproxy.vip.machine;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What an operator may want to know. All times are nanoseconds of the machine's clock; {@link #NEVER} where there is
 * none.
 *
 * @param sinceNanos when the state began
 * @param etcdAnswers whether a read of the key has succeeded that was sent within the last second
 * @param holder who has the key by the last read that succeeded, which may be old if etcd does not answer; empty if
 *     nobody, or if none has yet
 * @param othersRecorded the members that the record in etcd names, if they are not those configured here (rule 13);
 *     else empty
 * @param deadlineNanos until when the address may be here
 * @param etcdUntilNanos the part of it that etcd gives
 * @param promisedUntilNanos the part of it that the others' promises give
 * @param addressUntilNanos when the kernel would take the address off by itself
 * @param creditedNanos when the last renewal that counted was sent
 * @param boundUntilNanos until when this instance has promised not to claim
 * @param silent by member, whether nothing is heard of it
 * @param ready the members that say that they would claim at once if nobody had the key
 * @param leaving whether a hand-over is under way
 * @param trouble why it does not claim or hold, or why it should not hold; or empty
 */
public record VipStatus(
        State state,
        long sinceNanos,
        boolean eligible,
        boolean etcdAnswers,
        Optional<Instance> holder,
        SortedSet<Member> othersRecorded,
        long deadlineNanos,
        long etcdUntilNanos,
        long promisedUntilNanos,
        long addressUntilNanos,
        long creditedNanos,
        long boundUntilNanos,
        Map<Member, Boolean> silent,
        SortedSet<Member> ready,
        boolean leaving,
        boolean idle,
        long conflicts,
        String trouble) {
    /** The farthest past. */
    public static final long NEVER = Authority.NEVER;

    /** Whether the kernel was told to have the address here now. */
    public boolean holds(long nowNanos) {
        return state == State.HOLD && nowNanos < addressUntilNanos;
    }
}
