package io.pgproxy.health.store;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.pgproxy.etcd.KeyRange;
import io.pgproxy.etcd.Question;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.PatroniStoreReader;
import io.pgproxy.health.decide.PatroniStoreReader.Reading;
import io.pgproxy.health.decide.StoredKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of one cluster that are read and watched. The others are left out: {@code status} changes with every loop of
 * Patroni's, and {@code history} grows without end. Immutable.
 */
final class StoreKeys {
    private final String prefix;
    private final List<KeyRange> ranges;

    /** @param prefix what all keys of the cluster begin with */
    StoreKeys(String prefix) {
        this.prefix = prefix;
        ranges = List.of(
                one(PatroniStoreReader.LEADER),
                KeyRange.below(prefix + PatroniStoreReader.MEMBERS),
                one(PatroniStoreReader.FAILOVER),
                one(PatroniStoreReader.SYNC));
    }

    /**
     * The keys as of one instant.
     *
     * @param revision of etcd, of that instant
     * @param cut whether there are more members than one answer may have
     */
    record Snapshot(long revision, List<StoredKey> keys, boolean cut) {
        Snapshot {
            keys = List.copyOf(keys);
        }

        /** What they mean, after that was known. */
        Reading after(PatroniStore before) {
            return cut ? PatroniStoreReader.readCut(before, keys) : PatroniStoreReader.readAll(before, keys);
        }
    }

    private KeyRange one(String name) {
        return KeyRange.of(ByteString.copyFromUtf8(prefix + name));
    }

    List<KeyRange> ranges() {
        return ranges;
    }

    /** All of them at once; a read that is not marked as serializable is linearizable, within a transaction too. */
    Question<?, ?, Snapshot> read() {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (KeyRange range : ranges) {
            request.addSuccess(RequestOp.newBuilder()
                    .setRequestRange(RangeRequest.newBuilder()
                            .setKey(range.key())
                            .setRangeEnd(range.end())
                            .setLimit(PatroniStoreReader.MAX_MEMBERS + 1L)));
        }
        return new Question<>(
                "reading Patroni's keys",
                KVGrpc.getTxnMethod(),
                request.build(),
                TxnResponse::getHeader,
                this::snapshot,
                Optional.empty());
    }

    private Snapshot snapshot(TxnResponse answer) throws UnreadableValue {
        if (answer.getResponsesCount() != ranges.size()
                || answer.getHeader().getRevision() <= 0
                || !answer.getResponsesList().stream().allMatch(ResponseOp::hasResponseRange)) {
            throw new UnreadableValue("it answered something else than it was asked");
        }
        List<StoredKey> keys = new ArrayList<>();
        for (ResponseOp response : answer.getResponsesList()) {
            for (KeyValue pair : response.getResponseRange().getKvsList()) {
                name(pair)
                        .ifPresent(name -> keys.add(
                                new StoredKey(name, Optional.of(pair.getValue().toStringUtf8()))));
            }
        }
        boolean cut = answer.getResponsesList().stream()
                .anyMatch(response -> response.getResponseRange().getMore());
        return new Snapshot(answer.getHeader().getRevision(), keys, cut);
    }

    /** What has happened to the keys after that revision, in its order. */
    List<StoredKey> changes(List<Event> events, long afterRevision) {
        List<StoredKey> changes = new ArrayList<>();
        for (Event event : events) {
            if (event.getKv().getModRevision() > afterRevision) {
                name(event.getKv()).ifPresent(name -> changes.add(new StoredKey(name, value(event))));
            }
        }
        return changes;
    }

    private static Optional<String> value(Event event) {
        return event.getType() == Event.EventType.DELETE
                ? Optional.empty()
                : Optional.of(event.getKv().getValue().toStringUtf8());
    }

    private Optional<String> name(KeyValue pair) {
        String key = pair.getKey().toStringUtf8();
        return key.startsWith(prefix) ? Optional.of(key.substring(prefix.length())) : Optional.empty();
    }
}
