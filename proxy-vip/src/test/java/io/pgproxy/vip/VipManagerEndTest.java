package io.pgproxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is left of the address when its thread has ended, and what is said of it. */
class VipManagerEndTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Once the first touch was asked for; what happens before is only the way there. */
    private final List<String> diary = new CopyOnWriteArrayList<>();

    private final CountDownLatch touching = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile boolean touched;

    private enum Kernel {
        IS_SLOW,
        KEEPS_THE_ADDRESS,
        WORKS,
        FAILS_TO_TOUCH,
        FAILS_ALTOGETHER
    }

    private final class Address implements VipAddress {
        private final Kernel kernel;

        Address(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public boolean touch(int lifetimeSeconds, long fuseAtNanos) {
            touched = true;
            touching.countDown();
            if (kernel == Kernel.IS_SLOW) {
                await(mayGoOn);
            }
            if (kernel == Kernel.FAILS_TO_TOUCH || kernel == Kernel.FAILS_ALTOGETHER) {
                throw new IllegalStateException("a mistake");
            }
            return true;
        }

        @Override
        public boolean delete() {
            note("delete");
            if (touched && kernel == Kernel.FAILS_ALTOGETHER) {
                throw new NoClassDefFoundError("a mistake of the kernel's part");
            }
            return !touched || kernel != Kernel.KEEPS_THE_ADDRESS;
        }

        @Override
        public boolean isPresent() {
            return false;
        }

        @Override
        public boolean probe() {
            return true;
        }

        @Override
        public boolean listen() {
            return true;
        }

        @Override
        public void announce(boolean raised, long untilNanos) {}

        @Override
        public void hush() {}

        @Override
        public void close() {}
    }

    /** Whose leases can't be given back. */
    private static final class Keeping implements LeaseClient {
        private final LeaseClient etcd = new EtcdInMemory();

        @Override
        public void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer) {
            if (call instanceof EtcdCall.Revoke) {
                answer.accept(new EtcdAnswer.Failed("not now"));
            } else {
                etcd.perform(call, deadlineNanos, answer);
            }
        }

        @Override
        public void watch(Runnable keyMoved) {}

        @Override
        public void close() {}
    }

    private final class Guests implements Visitors {
        @Override
        public void welcome() {}

        @Override
        public void end(long drainNanos, Runnable ended) {
            note("end sessions");
            ended.run();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void note(String line) {
        if (touched) {
            diary.add(line);
        }
    }

    private VipManager started(Kernel kernel) {
        return started(kernel, new EtcdInMemory());
    }

    private VipManager started(Kernel kernel, LeaseClient etcd) {
        VipManager manager = new VipManager(
                new VipMachine(EtcdInMemory.ME, new TreeSet<>(), Timings.withTtl(8), Preferences.NONE),
                etcd,
                new Address(kernel),
                message -> {},
                new Guests(),
                () -> false);
        manager.start(() -> {});
        manager.tell(new Event.Eligible(true, ""));
        return manager;
    }

    @Test
    void aMistakeEndsTheSessionsBeforeItTakesTheAddressOff() {
        VipManager manager = started(Kernel.FAILS_TO_TOUCH);

        assertThat(manager.ended().toCompletableFuture()).failsWithin(SOON);
        assertThat(diary).containsExactly("end sessions", "delete");
    }

    /** Else nobody would hear of the end, and the process would go on with an address that nobody renews. */
    @Test
    void theMistakeIsToldAlthoughTheAddressCannotBeTakenOff() {
        VipManager manager = started(Kernel.FAILS_ALTOGETHER);

        assertThat(manager.ended().toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .withMessage("a mistake");
        assertThat(diary).containsExactly("end sessions", "delete");
    }

    @Test
    void anOrderToStopIsHeardAmongFarTooManyEvents() {
        VipManager manager = started(Kernel.IS_SLOW);
        await(touching);
        for (int i = 0; i <= Mailbox.MAX_EVENTS; i++) {
            manager.tell(new Event.Woken());
        }

        CompletableFuture<Void> stopped = manager.stop(0).toCompletableFuture();
        mayGoOn.countDown();

        assertThat(stopped).succeedsWithin(SOON);
        assertThat(manager.status().idle()).isTrue();
        assertThat(diary).containsExactly("end sessions", "delete");
    }

    @Test
    void aStopThatLeavesTheAddressBehindSaysSo() {
        VipManager manager = started(Kernel.KEEPS_THE_ADDRESS);
        await(touching);

        assertThat(manager.stop(0).toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the virtual address could not be taken off");
    }

    /** Others wait for its end, and no longer than after a crash. */
    @Test
    void aStopThatLeavesOnlyTheLeaseBehindHasGoneWell() {
        VipManager manager = started(Kernel.WORKS, new Keeping());
        await(touching);

        assertThat(manager.stop(0).toCompletableFuture()).succeedsWithin(SOON);
        assertThat(manager.status().idle()).isFalse();
    }
}
