package io.pgproxy.etcd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that proves to etcd who we are. It is got by a login when somebody needs it, and forgotten when a member
 * refuses it: it ends by itself after minutes, and whenever users or roles are changed. Any member takes any member's.
 * Confined to the event loop.
 */
final class Credentials {
    /** A login costs a member a tenth of a second of computing; one that failed is not tried again at once. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);

    /** Where no user is configured. */
    static final Credentials NONE = new Credentials(Optional.empty());

    /** Asks the members for a token. */
    interface Login {
        void begin(Search.Told<String> told);
    }

    private enum State {
        NEEDED,
        ASKED,
        KNOWN,
        FAILED
    }

    private final Optional<Login> login;
    private final List<Waiting> waiting = new ArrayList<>();
    private State state = State.NEEDED;
    private Optional<String> token = Optional.empty();
    private Trouble trouble = new Trouble(Trouble.Kind.FINAL, "");
    private long failedNanos;
    private boolean complained;

    private record Waiting(Consumer<Optional<String>> ready, Consumer<Trouble> failed) {}

    Credentials(Optional<Login> login) {
        this.login = login;
    }

    boolean canLogIn() {
        return login.isPresent();
    }

    /** Tells the token as soon as it is known, or why there is none. */
    void provide(Consumer<Optional<String>> ready, Consumer<Trouble> failed) {
        if (login.isEmpty() || state == State.KNOWN) {
            ready.accept(token);
        } else if (state == State.FAILED && System.nanoTime() - failedNanos < RETRY_NANOS) {
            failed.accept(trouble);
        } else {
            waiting.add(new Waiting(ready, failed));
            if (state != State.ASKED) {
                state = State.ASKED;
                login.get().begin(new Outcome());
            }
        }
    }

    /** A member did not take this one. */
    void refused(Optional<String> refused) {
        if (state == State.KNOWN && token.equals(refused)) {
            state = State.NEEDED;
        }
    }

    private void known(Optional<String> token) {
        state = State.KNOWN;
        this.token = token;
        if (complained) {
            LOG.info("etcd: logged in");
            complained = false;
        }
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.ready().accept(token));
    }

    private void failed(Trouble why) {
        state = State.FAILED;
        failedNanos = System.nanoTime();
        // To those who wait every failed login is the end: no other member would let them in.
        trouble = new Trouble(Trouble.Kind.FINAL, why.text());
        if (!complained) {
            LOG.warn("etcd: {}", why.text());
            complained = true;
        }
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.failed().accept(trouble));
    }

    private final class Outcome implements Search.Told<String> {
        @Override
        public void answer(Endpoint from, String token) {
            known(Optional.of(token));
        }

        @Override
        public void failure(Trouble why) {
            if (why.kind() == Trouble.Kind.NO_USERS) {
                known(Optional.empty()); // etcd has no users yet, or not any more
            } else {
                failed(why);
            }
        }

        @Override
        public void surplus(String token) {}
    }
}
