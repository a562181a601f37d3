package io.pgproxy.vip.machine;

/**
 * One run of a member's program: what a run has promised or was promised, another run of the same member has not.
 *
 * @param boot drawn at random at the start of the program; 0 where it is not known
 */
public record Instance(Member member, long boot) {
    @Override
    public String toString() {
        return member + "/" + Long.toHexString(boot);
    }
}
