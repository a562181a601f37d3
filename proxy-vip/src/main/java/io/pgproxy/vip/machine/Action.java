package io.pgproxy.vip.machine;

/** What is to be done, in the order of the list and on the thread that told the event. */
public sealed interface Action {
    /** Ask etcd, without waiting; {@link Event.Answered} with the same id comes later. */
    record Call(long id, EtcdCall call, long deadlineNanos) implements Action {}

    /** Say it to a peer, without waiting and without knowing whether it arrives. */
    record Send(PeerMessage message) implements Action {}

    /**
     * Put every address on, or renew it, with a lifetime that the kernel keeps; answered with {@link Event.Touched}
     * at once. A call that acts after {@code fuseAtNanos} must never happen: the process dies first.
     */
    record Touch(int lifetimeSeconds, long fuseAtNanos) implements Action {}

    /** Take every address off, and look whether they are gone; answered with {@link Event.Deleted} at once. */
    record Delete() implements Action {}

    /** Ask the network, on every address, who has it; {@link Event.ConflictSeen} may come. */
    record Probe() implements Action {}

    /** Tell the network that the addresses are here; nothing is to be told after {@code untilNanos}. */
    record Announce(boolean raised, long untilNanos) implements Action {}

    /**
     * Connections that come by the address are refused from now on, and those that came by it are ended: those that
     * have not ended by themselves after that time too. {@link Event.SessionsEnded} with the same number comes when none
     * is left.
     */
    record EndSessions(long number, long drainNanos) implements Action {}

    /** Connections that come by the address are welcome. */
    record Welcome() implements Action {}

    /** A line for the log. */
    record Note(Level level, String text) implements Action {}

    /** Who has to read a line. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
