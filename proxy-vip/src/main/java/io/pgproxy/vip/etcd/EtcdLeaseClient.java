package io.pgproxy.vip.etcd;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.vip.LeaseClient;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks etcd. Safe from any thread; everything happens on the event loop. */
public final class EtcdLeaseClient implements LeaseClient {
    /** Etcd hashes a password for a tenth of a second and longer on a busy host, so nobody is asked twice in a hurry. */
    private static final Search.Patience LOGIN =
            new Search.Patience(TimeUnit.SECONDS.toNanos(3), TimeUnit.SECONDS.toNanos(1));

    private static final EtcdAnswer CLOSED = new EtcdAnswer.Failed("the connections to etcd are closed");

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Search.Patience REVOKE = Search.Patience.ofCall(TimeUnit.SECONDS.toNanos(1));

    private final Channels channels = new Channels();
    private final EventLoop loop = channels.loop();
    private final SecretFiles files;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final Questions questions;
    private final Inspection inspection;
    private final KeyWatch watch;
    private final CallLog log = new CallLog();
    /** What has not been answered. */
    private final Set<Outcome> open = new HashSet<>();

    private boolean closed;

    /**
     * @param group the name that all who share the address know it by
     * @param me whom a claim is for
     * @throws IllegalArgumentException if a file or our name cannot be used, saying which and why
     */
    public EtcdLeaseClient(EtcdConfig config, String group, Instance me) {
        ElectionKeys keys = ElectionKeys.of(group);
        files = new SecretFiles(config);
        endpoints = endpoints(config);
        credentials = new Credentials(config.user().map(user -> told -> logIn(user, told)));
        questions = new Questions(keys, me);
        inspection = new Inspection(loop, endpoints, credentials, questions.read());
        watch = new KeyWatch(loop, endpoints, credentials, keys);
    }

    private Endpoints endpoints(EtcdConfig config) {
        Optional<SslContext> tls = files.tls().map(EtcdTls::context);
        Clusters clusters = new Clusters(
                config.endpoints().stream().map(EtcdEndpoint::toString).toList());
        List<Endpoint> all = new ArrayList<>();
        for (EtcdEndpoint endpoint : config.endpoints()) {
            all.add(new Endpoint(endpoint.toString(), () -> channels.to(endpoint, tls), clusters));
        }
        return new Endpoints(all);
    }

    /** Begins to look after the members and the files too. {@code keyMoved} is called on the event loop. */
    @Override
    public void watch(Runnable keyMoved) {
        files.begin();
        loop.execute(inspection::begin);
        loop.execute(() -> watch.begin(keyMoved));
    }

    private void logIn(String user, Search.Told<String> told) {
        Question<?, ?, String> login = Questions.login(user, files.currentPassword());
        new Search<>(loop, endpoints::inOrder, Credentials.NONE, login, LOGIN, told).begin();
    }

    @Override
    public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
        try {
            loop.execute(() -> begin(call, deadlineNanos, answer));
        } catch (RejectedExecutionException e) {
            answer.accept(CLOSED);
        }
    }

    private void begin(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (closed) {
            answer.accept(CLOSED);
        } else if (leftNanos <= 0) {
            answer.accept(new EtcdAnswer.Failed("its time was over before it could be asked"));
        } else {
            ask(questions.of(call), Search.Patience.ofCall(leftNanos), answer);
        }
    }

    private <A> void ask(Question<?, A, EtcdAnswer> question, Search.Patience patience, Consumer<EtcdAnswer> answer) {
        Outcome outcome = new Outcome(question.doing(), answer);
        open.add(outcome);
        new Search<>(loop, endpoints::inOrder, credentials, question, patience, outcome).begin();
    }

    @Override
    public void close() {
        files.close();
        try {
            loop.execute(this::end);
        } catch (RejectedExecutionException e) {
            // it was closed before
        }
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        watch.close();
        endpoints.all().forEach(Endpoint::close);
        List.copyOf(open).forEach(outcome -> outcome.complete(CLOSED));
        letGo(System.nanoTime() + CLOSE_NANOS);
    }

    /** A connection that is just being made still needs the loop. */
    private void letGo(long byNanos) {
        if (endpoints.all().stream().allMatch(Endpoint::isGone) || System.nanoTime() >= byNanos) {
            channels.close();
        } else {
            loop.schedule(() -> letGo(byNanos), 10, TimeUnit.MILLISECONDS);
        }
    }

    private final class Outcome implements Search.Told<EtcdAnswer> {
        private final String doing;
        private final Consumer<EtcdAnswer> answer;

        Outcome(String doing, Consumer<EtcdAnswer> answer) {
            this.doing = doing;
            this.answer = answer;
        }

        @Override
        public void answer(Endpoint from, EtcdAnswer told) {
            endpoints.answeredFirst(from);
            log.answered(doing);
            complete(told);
        }

        @Override
        public void failure(Trouble trouble) {
            log.failed(doing, trouble.text());
            complete(new EtcdAnswer.Failed(trouble.text()));
        }

        void complete(EtcdAnswer told) {
            if (open.remove(this)) {
                answer.accept(told);
            }
        }

        /** A lease that nobody knows of would only keep etcd busy until it ends. */
        @Override
        public void surplus(EtcdAnswer told) {
            if (told instanceof EtcdAnswer.Granted granted) {
                ask(Questions.revoke(granted.lease()), REVOKE, answer -> {});
            }
        }
    }
}
