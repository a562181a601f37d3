package io.pgproxy.vip.machine;

import java.util.Optional;

/** What etcd answered, or that it did not. */
public sealed interface EtcdAnswer {
    /** The lease and the length that etcd granted, which may be another one than was asked for. */
    record Granted(long lease, long ttlSeconds) implements EtcdAnswer {}

    /**
     * The length from now on; 0 if there is no such lease.
     *
     * @param term Raft's, by the answer's header, which etcd fills in before it renews (v3rpc/lease.go)
     */
    record KeptAlive(long ttlSeconds, long term) implements EtcdAnswer {}

    /**
     * What a linearizable read saw.
     *
     * @param term Raft's, by the answer's header, which etcd fills in after the read; of the last entry that was applied,
     *     so never older than the leader who confirmed the read
     */
    record Seen(Optional<Key> key, Optional<Kept> record, long term) implements EtcdAnswer {}

    /**
     * A transaction was executed.
     *
     * @param succeeded whether its conditions held
     * @param revision of the store after it; the create revision of what it created
     */
    record Done(boolean succeeded, long revision) implements EtcdAnswer {}

    /** The lease is no more. */
    record Revoked() implements EtcdAnswer {}

    /** No answer in time, or an error; what was asked may have been done, or be done yet. */
    record Failed(String why) implements EtcdAnswer {}

    /** The election key. */
    record Key(long createRevision, Instance holder) {}

    /** The record, with the revision of its last change. */
    record Kept(long modRevision, Holding holding) {}
}
