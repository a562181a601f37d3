package io.pgproxy.vip.etcd;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.vip.LeaseClient;
import io.pgproxy.vip.Rehearsal;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One of those who share an address, as the tests want to talk with its client. */
final class Asking implements AutoCloseable {
    static final Member CT100 = new Member("ct100:7001");
    static final Member CT101 = new Member("ct101:7001");
    static final ElectionKeys KEYS = ElectionKeys.of("main");
    /** The deadline of one call in the protocol. */
    static final long CALL_MILLIS = 500;

    /** A busy machine may be late itself. */
    private static final long SLACK_MILLIS = 5_000;

    /** Less than a silent member is given, so that a call that waits for it fails. */
    private static final long READ_MILLIS = 900;

    final Instance me;
    final AtomicInteger moves = new AtomicInteger();
    private final EtcdLeaseClient client;

    Asking(Member me, EtcdConfig config) {
        this.me = new Instance(me, 7);
        client = new EtcdLeaseClient(config, "main", this.me);
        client.watch(moves::incrementAndGet);
    }

    static Asking at(EtcdEndpoint... endpoints) {
        return new Asking(CT100, config(endpoints));
    }

    static Asking at(List<EtcdMember> members) {
        return at(members.stream().map(EtcdMember::endpoint).toArray(EtcdEndpoint[]::new));
    }

    static EtcdConfig config(EtcdEndpoint... endpoints) {
        return new EtcdConfig(
                Arrays.asList(endpoints),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static EtcdConfig withUser(EtcdConfig config, String user, Path passwordFile) {
        return new EtcdConfig(
                config.endpoints(),
                Optional.of(user),
                Optional.of(passwordFile),
                config.caFile(),
                config.certificateFile(),
                config.keyFile());
    }

    EtcdAnswer ask(EtcdCall call) throws Exception {
        return ask(call, CALL_MILLIS);
    }

    /** The answer; a client that has not answered well after the deadline has broken its word. */
    EtcdAnswer ask(EtcdCall call, long patienceMillis) throws Exception {
        return begin(call, patienceMillis).answer();
    }

    Waiting begin(EtcdCall call, long patienceMillis) {
        CompletableFuture<EtcdAnswer> answer = new CompletableFuture<>();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        client.perform(call, deadlineNanos, answer::complete);
        return new Waiting(call, answer, patienceMillis);
    }

    record Waiting(EtcdCall call, CompletableFuture<EtcdAnswer> future, long patienceMillis) {
        EtcdAnswer answer() throws Exception {
            try {
                return future.get(patienceMillis + SLACK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("not answered by the deadline: " + call, e);
            }
        }
    }

    /** Reads until it works, as long as a cluster may take to start or to elect a leader. */
    EtcdAnswer.Seen seen() throws Exception {
        return (EtcdAnswer.Seen) until(new EtcdCall.Read(), EtcdAnswer.Seen.class);
    }

    /** The length that the lease has from now on. */
    long keepAlive(long lease) throws Exception {
        return ((EtcdAnswer.KeptAlive) ask(new EtcdCall.KeepAlive(lease))).ttlSeconds();
    }

    EtcdAnswer until(EtcdCall call, Class<? extends EtcdAnswer> kind) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        EtcdAnswer answer = ask(call);
        while (!kind.isInstance(answer) && System.nanoTime() < deadlineNanos) {
            answer = ask(call);
        }
        if (!kind.isInstance(answer)) {
            throw new AssertionError("in 30 s nothing but " + answer);
        }
        return answer;
    }

    /** Reads until it fails for that reason: a connection that is being made has none yet. */
    void failsFor(String... words) throws Exception {
        String why = "";
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < deadlineNanos) {
            EtcdAnswer answer = ask(new EtcdCall.Read());
            why = answer instanceof EtcdAnswer.Failed failed ? failed.why() : answer.toString();
            if (Arrays.stream(words).allMatch(why::contains)) {
                return;
            }
        }
        throw new AssertionError("instead of " + List.of(words) + ": " + why);
    }

    long grant(long ttlSeconds) throws Exception {
        return ((EtcdAnswer.Granted) until(new EtcdCall.Grant(ttlSeconds), EtcdAnswer.Granted.class)).lease();
    }

    EtcdCall.Claim claim(long lease, long recordRevision) {
        return new EtcdCall.Claim(lease, recordRevision, holding(false));
    }

    Holding holding(boolean released) {
        return new Holding(me, new TreeSet<>(List.of(CT100, CT101)), released);
    }

    /** Holds the rehearsal of a start, and returns what was answered last. */
    EtcdAnswer rehearse() throws Exception {
        CompletableFuture<EtcdAnswer> last = new CompletableFuture<>();
        LeaseClient heard = new LeaseClient() {
            @Override
            public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
                client.perform(call, deadlineNanos, told -> {
                    answer.accept(told);
                    if (call instanceof EtcdCall.Revoke) {
                        last.complete(told);
                    }
                });
            }

            @Override
            public void watch(Runnable keyMoved) {}

            @Override
            public void close() {}
        };
        new Rehearsal(me, new TreeSet<>(List.of(CT101)), Timings.withTtl(3), Preferences.NONE).ask(heard);
        return last.get(SLACK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The answers of so many reads, one after the other. */
    List<EtcdAnswer> reads(int count) throws Exception {
        EtcdAnswer[] answers = new EtcdAnswer[count];
        for (int n = 0; n < count; n++) {
            answers[n] = ask(new EtcdCall.Read(), READ_MILLIS);
        }
        return List.of(answers);
    }

    @Override
    public void close() {
        client.close();
    }
}
