package io.pgproxy.etcd;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One way to etcd: connections to all members, a login where one is needed, and an event loop on which everything
 * happens. Safe from any thread but where something else is said.
 */
public final class EtcdClient implements AutoCloseable {
    /** Etcd hashes a password for a tenth of a second and longer on a busy host, so nobody is asked twice in a hurry. */
    private static final Search.Patience LOGIN =
            new Search.Patience(TimeUnit.SECONDS.toNanos(3), TimeUnit.SECONDS.toNanos(1));

    private static final String CLOSED = "the connections to etcd are closed";

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Hears what came of a question, on the event loop: one of the first two, once. */
    public interface Told<R> {
        void answer(R answer);

        /**
         * Nobody has answered, or not what can be used.
         *
         * @param why half a sentence for an operator
         */
        void failure(String why);

        /** Another member has answered too, or an answer came when the time was over. */
        void surplus(R answer);
    }

    private final Channels channels;
    private final EventLoop loop;
    private final SecretFiles files;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final CallLog log = new CallLog();
    /** What has not been answered. */
    private final Set<Outcome<?>> open = new HashSet<>();

    private final Set<Watch> watches = new HashSet<>();
    private boolean closed;

    /**
     * Reads the files now, and asks nobody yet.
     *
     * @param thread what the event loop's thread is called; the one that reads files is called so and "files"
     * @param maxAnswerBytes an answer that is larger is a failure
     * @throws IllegalArgumentException if a file cannot be used, saying which and why
     */
    public EtcdClient(EtcdConfig config, String thread, int maxAnswerBytes) {
        files = new SecretFiles(config, thread + " files");
        channels = new Channels(thread, maxAnswerBytes);
        loop = channels.loop();
        endpoints = endpoints(config);
        credentials = new Credentials(config.user().map(user -> told -> logIn(user, told)));
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

    private void logIn(String user, Search.Told<String> told) {
        Question<?, ?, String> login = OwnQuestions.login(user, files.currentPassword());
        new Search<>(loop, endpoints::inOrder, Credentials.NONE, login, LOGIN, told).begin();
    }

    /** Where everything happens. */
    public EventExecutor loop() {
        return loop;
    }

    /** Begins to look whether the files have changed. */
    public void begin() {
        files.begin();
    }

    /** Begins to ask each member for its version and this, every few seconds. */
    public void inspect(Question<?, ?, ?> look) {
        loop.execute(new Inspection(loop, endpoints, credentials, look)::begin);
    }

    /**
     * Asks one member after the other until one of them answers.
     *
     * @param deadlineNanos by {@link System#nanoTime} when it is a failure
     */
    public <R> void ask(Question<?, ?, R> question, long deadlineNanos, Told<R> told) {
        try {
            loop.execute(() -> search(question, deadlineNanos, told));
        } catch (RejectedExecutionException e) {
            told.failure(CLOSED);
        }
    }

    private <A, R> void search(Question<?, A, R> question, long deadlineNanos, Told<R> told) {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (closed) {
            told.failure(CLOSED);
        } else if (leftNanos <= 0) {
            told.failure("its time was over before it could be asked");
        } else {
            Outcome<R> outcome = new Outcome<>(question.doing(), told);
            open.add(outcome);
            Search.Patience patience = Search.Patience.ofCall(leftNanos);
            new Search<>(loop, endpoints::inOrder, credentials, question, patience, outcome).begin();
        }
    }

    /**
     * Watches at the member that answers best. On the event loop only.
     *
     * @param fromRevision the first change that is told, of those that are made already; 0 for whatever comes next
     */
    public Watch watch(List<KeyRange> ranges, long fromRevision, Watch.Listener listener) {
        Watch watch = new Watch(loop, endpoints, credentials, ranges, fromRevision, listener);
        if (closed) {
            watch.end();
        } else {
            watches.removeIf(Watch::isOver);
            watches.add(watch);
            watch.begin();
        }
        return watch;
    }

    /** Ends what is under way: questions fail, watches are silent from here on. */
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
        watches.forEach(Watch::end);
        endpoints.all().forEach(Endpoint::close);
        List.copyOf(open).forEach(outcome -> outcome.fail(CLOSED));
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

    private final class Outcome<R> implements Search.Told<R> {
        private final String doing;
        private final Told<R> told;

        Outcome(String doing, Told<R> told) {
            this.doing = doing;
            this.told = told;
        }

        @Override
        public void answer(Endpoint from, R answer) {
            endpoints.answeredFirst(from);
            log.answered(doing);
            if (open.remove(this)) {
                told.answer(answer);
            }
        }

        @Override
        public void failure(Trouble trouble) {
            log.failed(doing, trouble.text());
            fail(trouble.text());
        }

        void fail(String why) {
            if (open.remove(this)) {
                told.failure(why);
            }
        }

        @Override
        public void surplus(R answer) {
            told.surplus(answer);
        }
    }
}
