package io.pgproxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VipManagerTest {
    private static final int MANY = 6;

    /** Three times what is wanted after the first question. */
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final VipManager manager = new VipManager(
            new VipMachine(EtcdInMemory.ME, new TreeSet<>(), Timings.withTtl(8), Preferences.NONE),
            new EtcdInMemory(),
            new Address(),
            message -> {},
            new NobodyVisits(),
            () -> false);

    private volatile boolean isBroken;
    private volatile boolean canAsk = true;
    private volatile boolean answersLieUnread;
    private volatile boolean canHear = true;
    private volatile boolean isFlooded;
    private long floodedNanos = System.nanoTime();

    /** Nobody reads what the network says but the one who is told to listen. */
    private final class Address implements VipAddress {
        @Override
        public boolean touch(int lifetimeSeconds, long fuseAtNanos) {
            if (isBroken) {
                throw new IllegalStateException("a mistake");
            }
            calls.add("touch");
            return true;
        }

        @Override
        public boolean delete() {
            return true;
        }

        @Override
        public boolean isPresent() {
            return false;
        }

        @Override
        public boolean probe() {
            calls.add("probe");
            return canAsk;
        }

        @Override
        public boolean listen() {
            if (answersLieUnread) {
                manager.tell(new Event.ConflictSeen("02:00:00:00:00:0c", false));
            }
            // Within the silence that is wanted, and with time in between for etcd's answers to find room.
            if (isFlooded && System.nanoTime() - floodedNanos > TimeUnit.MILLISECONDS.toNanos(60)) {
                floodedNanos = System.nanoTime();
                for (int i = 0; i < Mailbox.MAX_EVENTS; i++) {
                    manager.hear(new PeerMessage.Released(EtcdInMemory.ME, EtcdInMemory.ME, i));
                }
                manager.tell(new Event.ConflictSeen("02:00:00:00:00:0c", false));
            }
            return canHear;
        }

        @Override
        public void announce(boolean raised, long untilNanos) {}

        @Override
        public void hush() {}

        @Override
        public void close() {}
    }

    private void start() {
        manager.start(() -> {});
        manager.tell(new Event.Eligible(true, ""));
    }

    private String next() throws InterruptedException {
        String next = calls.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing within 10 s" : next;
    }

    private String nextButProbes() throws InterruptedException {
        String next = next();
        while (next.equals("probe")) {
            next = next();
        }
        return next;
    }

    @AfterEach
    void stop() throws Exception {
        if (isBroken) {
            return;
        }
        manager.stop(0).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void putsTheAddressOnAfterTwoQuestionsThatNobodyAnswered() throws Exception {
        start();

        assertThat(next()).isEqualTo("probe");
        assertThat(next()).isEqualTo("probe");
        assertThat(next()).isEqualTo("touch");
    }

    @Test
    void concludesNothingWhileAnswersLieUnread() throws Exception {
        answersLieUnread = true;
        start();
        assertNoTouchForAWhile();

        answersLieUnread = false;
        assertThat(nextButProbes()).isEqualTo("touch");
    }

    @Test
    void concludesNothingWhileAnswersCannotBeRead() throws Exception {
        canHear = false;
        start();
        assertNoTouchForAWhile();

        canHear = true;
        assertThat(nextButProbes()).isEqualTo("touch");
    }

    @Test
    void concludesNothingWhileAnAnswerIsLostAmongFarTooManyEvents() throws Exception {
        isFlooded = true;
        start();
        assertNoTouchForAWhile();

        isFlooded = false;
        assertThat(nextButProbes()).isEqualTo("touch");
    }

    private void assertNoTouchForAWhile() throws InterruptedException {
        long end = System.nanoTime() + SILENCE_NANOS;
        for (long left = SILENCE_NANOS; left > 0; left = end - System.nanoTime()) {
            assertThat(calls.poll(left, TimeUnit.NANOSECONDS)).isNotEqualTo("touch");
        }
    }

    /** Nothing but a new start mends that, so whoever supervises has to hear of it. */
    @Test
    void tellsThatItsThreadHasEndedByAMistake() {
        isBroken = true;
        start();

        assertThat(manager.ended().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("a mistake");
    }

    @Test
    void saysAtEveryTurnThatItTurns() throws Exception {
        CountDownLatch turns = new CountDownLatch(MANY);
        manager.start(turns::countDown);

        assertThat(turns.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void asksUntilTheQuestionsGoOut() throws Exception {
        canAsk = false;
        start();
        for (int i = 0; i < MANY; i++) {
            assertThat(next()).isEqualTo("probe");
        }

        canAsk = true;
        assertThat(nextButProbes()).isEqualTo("touch");
    }
}
