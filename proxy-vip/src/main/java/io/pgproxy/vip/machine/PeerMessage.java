package io.pgproxy.vip.machine;

/**
 * What members say to one another; authenticated before it gets here, though it may come late, twice, out of order or
 * not at all. A {@code seq} counts up over all that one instance says.
 */
public sealed interface PeerMessage {
    Instance from();

    Instance to();

    long seq();

    /**
     * "I am here, and this is how I am", said regularly: tells the others this run's boot too, and that the way between
     * us works.
     */
    record Hello(Instance from, Instance to, long seq, Condition condition) implements PeerMessage {}

    /** "Promise not to claim": of a holder that etcd does not answer. */
    record Request(Instance from, Instance to, long seq, long membersHash) implements PeerMessage {}

    /** The answer to the request with the same {@code seq}: the sender will not claim for a while. */
    record Promise(Instance from, Instance to, long seq) implements PeerMessage {}

    /** The other answer to the request with the same {@code seq}. */
    record Refusal(Instance from, Instance to, long seq, String reason) implements PeerMessage {}

    /** "I have let go": no promise to the sender that was asked for with a lower {@code seq} is needed any more. */
    record Released(Instance from, Instance to, long seq) implements PeerMessage {}

    /** "I have just started; do you rely on what I may have promised?" */
    record Started(Instance from, Instance to, long seq) implements PeerMessage {}

    /** "No": the answer to {@link Started} with the same {@code seq}. */
    record NoReliance(Instance from, Instance to, long seq) implements PeerMessage {}

    /** Of the stop-post step of a member whose process is dead and whose address is confirmed to be gone. */
    record Gone(Instance from, Instance to, long seq) implements PeerMessage {}

    /**
     * "The address is gone from here, and the key of that create revision gives me no right to it any more": of a holder
     * that had to let go without being able to give the key back in etcd.
     */
    record KeyGivenUp(Instance from, Instance to, long seq, long createRevision) implements PeerMessage {}
}
