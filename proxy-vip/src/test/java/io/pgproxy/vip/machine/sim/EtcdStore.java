package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What etcd holds, and what each call does to it: one key with a lease, one record without, revisions. Each call happens
 * at one instant. Times are etcd's own.
 */
final class EtcdStore {
    private final Map<Long, Lease> leases = new HashMap<>();
    private long revision = 1;
    private long term = 1;
    private long lastLease = 1_000;
    private @Nullable Bound key;
    private EtcdAnswer.@Nullable Kept record;

    /** The election key and the lease that it goes with. */
    private record Bound(long createRevision, Instance holder, long lease) {}

    private record Lease(long ttlSeconds, long endNanos) {}

    Optional<Long> keyRevision() {
        return Optional.ofNullable(key).map(Bound::createRevision);
    }

    EtcdAnswer execute(EtcdCall call, long grantedTtlSeconds, long nowNanos) {
        if (call instanceof EtcdCall.Grant) {
            return grant(grantedTtlSeconds, nowNanos);
        } else if (call instanceof EtcdCall.KeepAlive keepAlive) {
            return keepAlive(keepAlive.lease(), nowNanos);
        } else if (call instanceof EtcdCall.Claim claim) {
            return claim(claim);
        } else if (call instanceof EtcdCall.Release release) {
            return release(release.createRevision(), release.record().holder(), release.record());
        } else if (call instanceof EtcdCall.DeleteKey delete) {
            return release(delete.createRevision(), delete.holder(), null);
        } else if (call instanceof EtcdCall.Revoke revoke) {
            revoke(revoke.lease());
            return new EtcdAnswer.Revoked();
        }
        return read();
    }

    /** The leases that there are, with their lengths. */
    Map<Long, Long> ttlSeconds() {
        Map<Long, Long> lengths = new HashMap<>();
        leases.forEach((id, lease) -> lengths.put(id, lease.ttlSeconds()));
        return lengths;
    }

    private EtcdAnswer grant(long ttlSeconds, long nowNanos) {
        leases.put(++lastLease, new Lease(ttlSeconds, nowNanos + ttlSeconds * Span.SECOND));
        return new EtcdAnswer.Granted(lastLease, ttlSeconds);
    }

    private EtcdAnswer keepAlive(long lease, long nowNanos) {
        Lease found = leases.computeIfPresent(
                lease, (id, old) -> new Lease(old.ttlSeconds(), nowNanos + old.ttlSeconds() * Span.SECOND));
        return new EtcdAnswer.KeptAlive(found == null ? 0 : found.ttlSeconds(), term);
    }

    private EtcdAnswer read() {
        return new EtcdAnswer.Seen(
                Optional.ofNullable(key).map(bound -> new EtcdAnswer.Key(bound.createRevision(), bound.holder())),
                Optional.ofNullable(record),
                term);
    }

    private EtcdAnswer claim(EtcdCall.Claim claim) {
        long recordRevision = record == null ? 0 : record.modRevision();
        if (key != null || claim.recordRevision() != recordRevision) {
            return new EtcdAnswer.Done(false, revision);
        }
        if (!leases.containsKey(claim.lease())) {
            return new EtcdAnswer.Failed("etcdserver: requested lease not found");
        }
        revision++;
        key = new Bound(revision, claim.record().holder(), claim.lease());
        record = new EtcdAnswer.Kept(revision, claim.record());
        return new EtcdAnswer.Done(true, revision);
    }

    private EtcdAnswer release(long createRevision, Instance holder, @Nullable Holding last) {
        if (key == null
                || key.createRevision() != createRevision
                || !key.holder().equals(holder)) {
            return new EtcdAnswer.Done(false, revision);
        }
        revision++;
        key = null;
        if (last != null) {
            record = new EtcdAnswer.Kept(revision, last);
        }
        return new EtcdAnswer.Done(true, revision);
    }

    private void revoke(long lease) {
        if (leases.remove(lease) != null && key != null && key.lease() == lease) {
            revision++;
            key = null;
        }
    }

    void expireLeases(long nowNanos) {
        for (Iterator<Map.Entry<Long, Lease>> all = leases.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Lease> entry = all.next();
            if (entry.getValue().endNanos() <= nowNanos) {
                all.remove();
                if (key != null && key.lease() == entry.getKey()) {
                    revision++;
                    key = null;
                }
            }
        }
    }

    /** A new leader knows no lease's end: each begins anew, an election's time longer (server/lease/lessor.go). */
    void newLeader(long electionNanos, long nowNanos) {
        term++;
        leases.replaceAll(
                (id, old) -> new Lease(old.ttlSeconds(), nowNanos + old.ttlSeconds() * Span.SECOND + electionNanos));
    }

    /** Raft's term: of the leader that there is. */
    long term() {
        return term;
    }

    /** An operator deletes the key. */
    void deleteKey() {
        if (key != null) {
            revision++;
            key = null;
        }
    }

    /** An operator gives etcd new, empty disks. */
    void wipe() {
        leases.clear();
        key = null;
        record = null;
        revision = 1;
        term = 1;
    }
}
