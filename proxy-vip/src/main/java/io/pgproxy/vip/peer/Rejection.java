package io.pgproxy.vip.peer;

/** Why a datagram told nobody anything. Those before {@link #UNKNOWN_KIND} may come from anybody. */
public enum Rejection {
    NOT_OURS("is no message of pgproxy"),
    VERSION("is of another version of the protocol"),
    LENGTH("has not the length that it names"),
    GROUP("is of another group"),
    STRANGERS("came with too many others from addresses that are no peer's"),
    FORGED("is signed with none of our secrets"),
    UNKNOWN_KIND("is of a kind that this version does not know"),
    MALFORMED("is signed, but not well formed"),
    OURSELVES("is from this member itself; it came back, or another host goes by the same name, see self"),
    NOT_A_PEER("is from a member that is none of our peers"),
    NOT_FOR_US("is for a member that we are not"),
    OLD("says again what was heard, or comes after something younger"),
    TOO_MANY("came with too many others of the same peer");

    private final String words;

    Rejection(String words) {
        this.words = words;
    }

    /** What is said of the message. */
    public String words() {
        return words;
    }
}
