package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** One machine and the hand of whoever tells it things: its clock, what it asked for, and the answers to that. */
final class Stage {
    static final Member A = new Member("a:7001");
    static final Member B = new Member("b:7001");
    static final Instance ME = new Instance(A, 11);
    static final Instance PEER = new Instance(B, 22);
    static final long LEASE = 77;
    static final long REVISION = 5;
    static final long TERM = 4;

    final VipMachine machine;
    final Map<Long, EtcdCall> calls = new LinkedHashMap<>();
    final List<Action> actions = new ArrayList<>();
    private final boolean alone;
    long now = TimeUnit.SECONDS.toNanos(1_000);
    private long wakeAt;
    private long peerSeq = 100;
    private boolean kernelWorks = true;
    private Optional<EtcdAnswer.Key> othersKey = Optional.empty();

    /** Without a primary in sight, so that it is offered nothing for that. */
    static final Condition READY = new Condition(true, false, false, 100);

    private Stage(boolean alone, Preferences preferences) {
        this.alone = alone;
        TreeSet<Member> others = new TreeSet<>();
        if (!alone) {
            others.add(B);
        }
        machine = new VipMachine(ME, others, Timings.withTtl(alone ? 8 : 3), preferences);
    }

    static Stage withPeer() {
        return preferring(Preferences.NONE);
    }

    static Stage preferring(Preferences preferences) {
        return new Stage(false, preferences);
    }

    static Stage alone() {
        return new Stage(true, Preferences.NONE);
    }

    /** Tells it, and plays the kernel: touches and deletions succeed unless it is broken. */
    Stage tell(Event event) {
        Decision decision = machine.on(event, now);
        wakeAt = decision.wakeAtNanos();
        for (Action action : decision.actions()) {
            actions.add(action);
            if (action instanceof Action.Call call) {
                calls.put(call.id(), call.call());
            } else if (action instanceof Action.Touch) {
                tell(new Event.Touched(kernelWorks));
            } else if (action instanceof Action.Delete) {
                tell(new Event.Deleted(kernelWorks));
            }
        }
        return this;
    }

    Stage breakKernel() {
        kernelWorks = false;
        return this;
    }

    Stage start() {
        tell(new Event.Started());
        return tell(new Event.Eligible(true, ""));
    }

    /** Started long ago, and bound to nobody any more. */
    Stage settled() {
        start();
        if (!alone) {
            Action.Send started = last(Action.Send.class, send -> send.message() instanceof PeerMessage.Started);
            hear(new PeerMessage.NoReliance(PEER, ME, started.message().seq()));
        }
        return this;
    }

    Stage passMillis(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        return tell(new Event.Woken());
    }

    /** Lets time pass, waking the machine whenever it wants to be woken. */
    Stage runMillis(long millis) {
        long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
        while (wakeAt <= end) {
            assertThat(wakeAt).as("a time to wake that is to come").isGreaterThan(now);
            now = wakeAt;
            tell(new Event.Woken());
        }
        now = end;
        return this;
    }

    /** Lets time pass with a peer that says how it is all the time, and an etcd that answers at once. */
    Stage live(long millis, Condition peers) {
        for (long left = millis; left > 0; left -= 100) {
            peerSays(peers);
            liveAlone(100);
        }
        return this;
    }

    /** The same without a word of the peer. */
    Stage liveAlone(long millis) {
        for (long left = millis; left > 0; left -= 100) {
            runMillis(100);
            answerOpen(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, TERM));
            Optional<EtcdAnswer.Key> key =
                    state() == State.HOLD ? Optional.of(new EtcdAnswer.Key(REVISION, ME)) : othersKey;
            answerOpen(EtcdCall.Read.class, new EtcdAnswer.Seen(key, record(key.isEmpty()), TERM));
            answerOpen(EtcdCall.Release.class, new EtcdAnswer.Done(true, 9));
            answerOpen(EtcdCall.Revoke.class, new EtcdAnswer.Revoked());
        }
        return this;
    }

    /** From now on the peer has the key, by that revision. */
    Stage peerHolds(long revision) {
        othersKey = Optional.of(new EtcdAnswer.Key(revision, PEER));
        return this;
    }

    Stage nobodyHolds() {
        othersKey = Optional.empty();
        return this;
    }

    Stage hear(PeerMessage message) {
        return tell(new Event.Heard(message, false));
    }

    long nextPeerSeq() {
        return ++peerSeq;
    }

    /** Answers all open calls of that kind. */
    Stage answer(Class<? extends EtcdCall> kind, EtcdAnswer answer) {
        assertThat(answerOpen(kind, answer))
                .as("open calls of " + kind.getSimpleName())
                .isPositive();
        return this;
    }

    private int answerOpen(Class<? extends EtcdCall> kind, EtcdAnswer answer) {
        List<Long> ids = calls.entrySet().stream()
                .filter(call -> kind.isInstance(call.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        for (Long id : ids) {
            calls.remove(id);
            tell(new Event.Answered(id, answer));
        }
        return ids.size();
    }

    long idOf(Class<? extends EtcdCall> kind) {
        return calls.entrySet().stream()
                .filter(call -> kind.isInstance(call.getValue()))
                .map(Map.Entry::getKey)
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    Stage lookFindsNobody() {
        return answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.empty(), Optional.empty(), TERM));
    }

    Stage lookFindsReleased() {
        return answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.empty(), record(true), TERM));
    }

    static Optional<EtcdAnswer.Kept> record(boolean released) {
        return Optional.of(new EtcdAnswer.Kept(3, new Holding(PEER, new TreeSet<>(List.of(A, B)), released)));
    }

    Stage proofShowsOurKey() {
        return answer(
                EtcdCall.Read.class,
                new EtcdAnswer.Seen(Optional.of(new EtcdAnswer.Key(REVISION, ME)), Optional.empty(), TERM));
    }

    Stage winClaim(long ttlSeconds) {
        answer(EtcdCall.Grant.class, new EtcdAnswer.Granted(LEASE, ttlSeconds));
        return answer(EtcdCall.Claim.class, new EtcdAnswer.Done(true, REVISION));
    }

    /** Has the address, after a clean release by the holder before; a peer has just said that it would take it. */
    Stage holding() {
        settled().lookFindsReleased().winClaim(alone ? 8 : 3);
        assertThat(state()).isEqualTo(State.HOLD);
        return alone ? this : peerSays(READY);
    }

    Stage peerSays(Condition condition) {
        return hear(new PeerMessage.Hello(PEER, ME, nextPeerSeq(), condition));
    }

    /** One renewal that etcd answers at once. */
    Stage renew() {
        passMillis(500);
        answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(alone ? 8 : 3, TERM));
        return proofShowsOurKey();
    }

    /** Answers the last request for a promise. */
    Stage promise() {
        PeerMessage.Request request = lastRequest();
        return hear(new PeerMessage.Promise(PEER, ME, request.seq()));
    }

    PeerMessage.Request lastRequest() {
        Action.Send send = last(Action.Send.class, one -> one.message() instanceof PeerMessage.Request);
        return (PeerMessage.Request) send.message();
    }

    PeerMessage.Request requestOfPeer() {
        return new PeerMessage.Request(PEER, ME, nextPeerSeq(), new Peers(ME, new TreeSet<>(List.of(B))).membersHash);
    }

    /** All that came by the address are gone. */
    Stage endSessions() {
        return tell(new Event.SessionsEnded(lastEnding()));
    }

    long lastEnding() {
        return last(Action.EndSessions.class, end -> true).number();
    }

    /** How long the sessions were left each time that they were told to end. */
    List<Long> drains() {
        return all(Action.EndSessions.class).stream()
                .map(Action.EndSessions::drainNanos)
                .toList();
    }

    /** How often it looked at the key. */
    long reads() {
        return all(Action.Call.class).stream()
                .filter(call -> call.call() instanceof EtcdCall.Read)
                .count();
    }

    State state() {
        return status().state();
    }

    VipStatus status() {
        return machine.status(now);
    }

    Stage forget() {
        actions.clear();
        return this;
    }

    <T extends Action> List<T> all(Class<T> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends Action> T last(Class<T> kind, java.util.function.Predicate<T> which) {
        return all(kind).stream().filter(which).reduce((one, other) -> other).orElseThrow();
    }

    List<PeerMessage> said() {
        return all(Action.Send.class).stream().map(Action.Send::message).toList();
    }

    <T extends PeerMessage> List<T> said(Class<T> kind) {
        return said().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<String> notes() {
        return all(Action.Note.class).stream().map(Action.Note::text).toList();
    }

    boolean has(Class<? extends Action> kind) {
        return actions.stream().anyMatch(kind::isInstance);
    }
}
