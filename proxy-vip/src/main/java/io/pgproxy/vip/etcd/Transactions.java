package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.pgproxy.etcd.Trouble;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import java.util.Optional;

/**
 * The transactions on the two keys. Immutable.
 *
 * <p>Each may be executed twice, since who does not answer in time is asked again at another member: the second time its
 * condition does not hold any more.
 */
final class Transactions {
    private final ElectionKeys keys;
    private final ByteString holder;

    /** @throws IllegalArgumentException if nobody could read back whom a claim is for */
    Transactions(ElectionKeys keys, Instance me) {
        this.keys = keys;
        holder = HolderText.of(me);
    }

    /** Reads that are not marked as serializable are linearizable, within a transaction too. */
    TxnRequest read() {
        return TxnRequest.newBuilder()
                .addSuccess(range(keys.election()))
                .addSuccess(range(keys.record()))
                .build();
    }

    EtcdAnswer seen(TxnResponse answer) throws UnreadableValue {
        Optional<KeyValue> election = keyValue(answer, 0, keys.election());
        Optional<KeyValue> record = keyValue(answer, 1, keys.record());
        return new EtcdAnswer.Seen(
                election.isEmpty() ? Optional.empty() : Optional.of(key(election.get())),
                record.isEmpty() ? Optional.empty() : Optional.of(kept(record.get())),
                answer.getHeader().getRaftTerm());
    }

    private static EtcdAnswer.Key key(KeyValue election) throws UnreadableValue {
        try {
            return new EtcdAnswer.Key(election.getCreateRevision(), HolderText.read(election.getValue()));
        } catch (UnreadableValue e) {
            throw notOurs(election, e);
        }
    }

    private static EtcdAnswer.Kept kept(KeyValue record) throws UnreadableValue {
        try {
            return new EtcdAnswer.Kept(record.getModRevision(), HoldingText.read(record.getValue()));
        } catch (UnreadableValue e) {
            throw notOurs(record, e);
        }
    }

    private static UnreadableValue notOurs(KeyValue pair, UnreadableValue why) {
        return new UnreadableValue("what stands in "
                + Trouble.plain(pair.getKey().toStringUtf8()) + " was not written by pgproxy: " + why.getMessage());
    }

    /** If it does not succeed it reads the key: perhaps it was executed before, and its answer was lost. */
    TxnRequest claim(EtcdCall.Claim claim) {
        return TxnRequest.newBuilder()
                .addCompare(created(keys.election(), 0))
                .addCompare(Compare.newBuilder()
                        .setKey(keys.record())
                        .setResult(Compare.CompareResult.EQUAL)
                        .setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(claim.recordRevision()))
                .addSuccess(put(keys.election(), holder, claim.lease()))
                .addSuccess(put(claim.record()))
                .addFailure(range(keys.election()))
                .build();
    }

    EtcdAnswer claimed(EtcdCall.Claim claim, TxnResponse answer) throws UnreadableValue {
        if (answer.getSucceeded()) {
            return done(answer);
        }
        Optional<KeyValue> election = keyValue(answer, 0, keys.election());
        // Every claim has a lease of its own, so a key that is bound to this one was put by this claim.
        return election.filter(key -> key.getLease() == claim.lease())
                .map(key -> new EtcdAnswer.Done(true, key.getCreateRevision()))
                .orElseGet(() -> new EtcdAnswer.Done(false, answer.getHeader().getRevision()));
    }

    TxnRequest release(EtcdCall.Release release) {
        return TxnRequest.newBuilder()
                .addCompare(created(keys.election(), release.createRevision()))
                .addCompare(heldBy(release.record().holder()))
                .addSuccess(delete(keys.election()))
                .addSuccess(put(release.record()))
                .build();
    }

    TxnRequest deleteKey(EtcdCall.DeleteKey delete) {
        return TxnRequest.newBuilder()
                .addCompare(created(keys.election(), delete.createRevision()))
                .addCompare(heldBy(delete.holder()))
                .addSuccess(delete(keys.election()))
                .build();
    }

    static EtcdAnswer done(TxnResponse answer) throws UnreadableValue {
        if (answer.getHeader().getRevision() <= 0) {
            throw new UnreadableValue(
                    "it has the revision " + answer.getHeader().getRevision());
        }
        return new EtcdAnswer.Done(answer.getSucceeded(), answer.getHeader().getRevision());
    }

    private static Optional<KeyValue> keyValue(TxnResponse answer, int index, ByteString key) throws UnreadableValue {
        if (answer.getResponsesCount() <= index || !answer.getResponses(index).hasResponseRange()) {
            throw new UnreadableValue("it answered something else than it was asked");
        }
        RangeResponse range = answer.getResponses(index).getResponseRange();
        if (range.getKvsCount() == 0) {
            return Optional.empty();
        }
        KeyValue found = range.getKvs(0);
        if (range.getKvsCount() > 1
                || !found.getKey().equals(key)
                || found.getCreateRevision() <= 0
                || found.getModRevision() < found.getCreateRevision()) {
            throw new UnreadableValue("it answered something else than it was asked");
        }
        return Optional.of(found);
    }

    private static RequestOp range(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key))
                .build();
    }

    private static Compare created(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setResult(Compare.CompareResult.EQUAL)
                .setTarget(Compare.CompareTarget.CREATE)
                .setCreateRevision(revision)
                .build();
    }

    private Compare heldBy(Instance holder) {
        return Compare.newBuilder()
                .setKey(keys.election())
                .setResult(Compare.CompareResult.EQUAL)
                .setTarget(Compare.CompareTarget.VALUE)
                .setValue(HolderText.of(holder))
                .build();
    }

    private RequestOp put(Holding record) {
        return put(keys.record(), HoldingText.of(record), 0);
    }

    private static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    private static RequestOp delete(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }
}
