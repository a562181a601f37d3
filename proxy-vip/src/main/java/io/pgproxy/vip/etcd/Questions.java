package io.pgproxy.vip.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.pgproxy.etcd.Question;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Instance;
import java.util.Optional;

/** Puts what the machine wants of etcd into etcd's words. Immutable. */
final class Questions {
    /** Nothing that we ask for; a length that would make sums overflow is nobody's to grant. */
    private static final long MAX_TTL_SECONDS = 24 * 60 * 60;

    private final Transactions transactions;

    /**
     * @param me whom a claim is for
     * @throws IllegalArgumentException if it has no name that a member can have
     */
    Questions(ElectionKeys keys, Instance me) {
        transactions = new Transactions(keys, me);
    }

    Question<?, ?, EtcdAnswer> of(EtcdCall call) {
        if (call instanceof EtcdCall.Grant grant) {
            return grant(grant.ttlSeconds());
        } else if (call instanceof EtcdCall.KeepAlive keepAlive) {
            return keepAlive(keepAlive.lease());
        } else if (call instanceof EtcdCall.Revoke revoke) {
            return revoke(revoke.lease());
        } else if (call instanceof EtcdCall.Claim claim) {
            return transaction(
                    "claiming the key", transactions.claim(claim), answer -> transactions.claimed(claim, answer));
        } else if (call instanceof EtcdCall.Release release) {
            return transaction("releasing the key", transactions.release(release), Transactions::done);
        } else if (call instanceof EtcdCall.DeleteKey delete) {
            return transaction("deleting the key", transactions.deleteKey(delete), Transactions::done);
        }
        return read();
    }

    Question<?, ?, EtcdAnswer> read() {
        return transaction("reading the keys", transactions.read(), transactions::seen);
    }

    private static Question<?, ?, EtcdAnswer> transaction(
            String doing, TxnRequest request, Question.Reading<TxnResponse, EtcdAnswer> reading) {
        return new Question<>(doing, KVGrpc.getTxnMethod(), request, TxnResponse::getHeader, reading, Optional.empty());
    }

    private static Question<?, ?, EtcdAnswer> grant(long ttlSeconds) {
        return new Question<>(
                "asking for a lease",
                LeaseGrpc.getLeaseGrantMethod(),
                LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build(),
                LeaseGrantResponse::getHeader,
                Questions::granted,
                Optional.empty());
    }

    private static EtcdAnswer granted(LeaseGrantResponse answer) throws UnreadableValue {
        if (answer.getID() == 0 || answer.getTTL() <= 0 || answer.getTTL() > MAX_TTL_SECONDS) {
            throw new UnreadableValue("it granted lease " + answer.getID() + " for " + answer.getTTL() + " s");
        }
        return new EtcdAnswer.Granted(answer.getID(), answer.getTTL());
    }

    /** A stream to etcd; one that is finished after its first request is answered once and then finished too. */
    private static Question<?, ?, EtcdAnswer> keepAlive(long lease) {
        return new Question<>(
                "keeping the lease alive",
                LeaseGrpc.getLeaseKeepAliveMethod(),
                LeaseKeepAliveRequest.newBuilder().setID(lease).build(),
                LeaseKeepAliveResponse::getHeader,
                answer -> keptAlive(lease, answer),
                Optional.of(new EtcdAnswer.KeptAlive(0, 0)));
    }

    private static EtcdAnswer keptAlive(long lease, LeaseKeepAliveResponse answer) throws UnreadableValue {
        if (answer.getID() != lease || answer.getTTL() < 0 || answer.getTTL() > MAX_TTL_SECONDS) {
            throw new UnreadableValue("it kept lease " + answer.getID() + " alive for " + answer.getTTL() + " s");
        }
        return new EtcdAnswer.KeptAlive(answer.getTTL(), answer.getHeader().getRaftTerm());
    }

    static Question<?, ?, EtcdAnswer> revoke(long lease) {
        return new Question<>(
                "giving the lease back",
                LeaseGrpc.getLeaseRevokeMethod(),
                LeaseRevokeRequest.newBuilder().setID(lease).build(),
                LeaseRevokeResponse::getHeader,
                answer -> new EtcdAnswer.Revoked(),
                Optional.of(new EtcdAnswer.Revoked()));
    }
}
