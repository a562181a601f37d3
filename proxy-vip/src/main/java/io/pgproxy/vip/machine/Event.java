package io.pgproxy.vip.machine;

/** What the machine is told, each with the time that was read just before. */
public sealed interface Event {
    /** The program begins; the first event, once. */
    record Started() implements Event {}

    /** The time of {@link Decision#wakeAtNanos} has come. */
    record Woken() implements Event {}

    /** The answer to {@link Action.Call} with that id; also one that comes late or twice. */
    record Answered(long id, EtcdAnswer answer) implements Event {}

    /**
     * A peer said something.
     *
     * @param addressPresent whether one of the addresses is on this host, by a dump taken just before
     */
    record Heard(PeerMessage message, boolean addressPresent) implements Event {}

    /** The key may have changed; a hint only. */
    record KeyMoved() implements Event {}

    /** The outcome of {@link Action.Touch}, told before anything else. */
    record Touched(boolean done) implements Event {}

    /** The outcome of {@link Action.Delete}, told before anything else: whether a dump confirmed that all are gone. */
    record Deleted(boolean confirmed) implements Event {}

    /** One of our addresses was seen to be gone although nobody here deleted it. */
    record AddressLost() implements Event {}

    /** Somebody has one of the addresses: it answered a probe, or announced it. */
    record ConflictSeen(String mac, boolean ofMember) implements Event {}

    /** A question of {@link Action.Probe} did not go out, or answers to it can't be read: the silence means nothing. */
    record NotAsked() implements Event {}

    /** Whether this instance is fit to serve clients; the reason if not. */
    record Eligible(boolean eligible, String reason) implements Event {}

    /** Whether a primary is in sight here; none is until that is told. */
    record PrimarySeen(boolean seen) implements Event {}

    /**
     * Hand over on purpose, and do not claim before another member has had time to.
     *
     * @param drainNanos how long the sessions that came by the address may go on
     */
    record Move(long drainNanos) implements Event {}

    /** The answer to {@link Action.EndSessions} with that number, if it comes in time; also one that comes late. */
    record SessionsEnded(long number) implements Event {}

    /**
     * The program ends: let go of everything, and claim nothing from here on.
     *
     * @param drainNanos how long the sessions that came by the address may go on
     */
    record Stop(long drainNanos) implements Event {}

    /** The host's clocks show that it stood still (a suspended VM): nothing that was known before can be relied on. */
    record StoodStill() implements Event {}
}
