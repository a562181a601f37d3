package io.pgproxy.vip.machine;

/** What is asked of etcd. Every one of them is answered once by an {@link EtcdAnswer}, late ones included. */
public sealed interface EtcdCall {
    /** A new lease; answered with {@link EtcdAnswer.Granted}. */
    record Grant(long ttlSeconds) implements EtcdCall {}

    /** Answered with {@link EtcdAnswer.KeptAlive}. */
    record KeepAlive(long lease) implements EtcdCall {}

    /** A linearizable read of the key and the record in one transaction; answered with {@link EtcdAnswer.Seen}. */
    record Read() implements EtcdCall {}

    /**
     * If the key is absent and the record's mod revision is still the one that was read (0: it is absent): put the key
     * with the lease, and the record. Answered with {@link EtcdAnswer.Done}.
     */
    record Claim(long lease, long recordRevision, Holding record) implements EtcdCall {}

    /**
     * If the key has this create revision and is the record's holder's: delete it, and put the record. Revisions alone
     * would not do: an etcd that was wiped begins to count again, and this may arrive late. Answered with
     * {@link EtcdAnswer.Done}.
     */
    record Release(long createRevision, Holding record) implements EtcdCall {}

    /** If the key has this create revision and is that holder's: delete it. Answered with {@link EtcdAnswer.Done}. */
    record DeleteKey(long createRevision, Instance holder) implements EtcdCall {}

    /** Answered with {@link EtcdAnswer.Revoked}, also if there is no such lease any more. */
    record Revoke(long lease) implements EtcdCall {}
}
