package io.pgproxy.vip.etcd;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.etcd.EtcdClient;
import io.pgproxy.etcd.Question;
import io.pgproxy.vip.LeaseClient;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Instance;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks etcd. Safe from any thread; everything happens on the client's event loop. */
public final class EtcdLeaseClient implements LeaseClient {
    private static final String THREAD = "etcd";

    /** Two values of ours, several times over. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private static final long REVOKE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ElectionKeys keys;
    private final Questions questions;
    private final EtcdClient client;

    /**
     * @param group the name that all who share the address know it by
     * @param me whom a claim is for
     * @throws IllegalArgumentException if a file or our name cannot be used, saying which and why
     */
    public EtcdLeaseClient(EtcdConfig config, String group, Instance me) {
        keys = ElectionKeys.of(group);
        questions = new Questions(keys, me);
        client = new EtcdClient(config, THREAD, MAX_ANSWER_BYTES);
    }

    /** Begins to look after the members and the files too. {@code keyMoved} is called on the event loop. */
    @Override
    public void watch(Runnable keyMoved) {
        client.begin();
        client.inspect(questions.read());
        client.loop().execute(new KeyWatch(client, keys.election(), keyMoved)::begin);
    }

    @Override
    public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
        client.ask(questions.of(call), deadlineNanos, new Outcome(answer));
    }

    /** The same for a rehearsal, whose failures the log does not confuse with those of what is rehearsed. */
    public LeaseClient rehearsing() {
        return new LeaseClient() {
            @Override
            public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
                Question<?, ?, EtcdAnswer> question = questions.of(call);
                client.ask(question.called("rehearsing: " + question.doing()), deadlineNanos, new Outcome(answer));
            }

            @Override
            public void watch(Runnable keyMoved) {
                throw new UnsupportedOperationException("a rehearsal watches nothing");
            }

            @Override
            public void close() {} // it has nothing of its own
        };
    }

    @Override
    public void close() {
        client.close();
    }

    private final class Outcome implements EtcdClient.Told<EtcdAnswer> {
        private final Consumer<EtcdAnswer> answer;

        Outcome(Consumer<EtcdAnswer> answer) {
            this.answer = answer;
        }

        @Override
        public void answer(EtcdAnswer told) {
            answer.accept(told);
        }

        @Override
        public void failure(String why) {
            answer.accept(new EtcdAnswer.Failed(why));
        }

        /** A lease that nobody knows of would only keep etcd busy until it ends. */
        @Override
        public void surplus(EtcdAnswer told) {
            if (told instanceof EtcdAnswer.Granted granted) {
                client.ask(
                        Questions.revoke(granted.lease()),
                        System.nanoTime() + REVOKE_NANOS,
                        new Outcome(revoked -> {}));
            }
        }
    }
}
