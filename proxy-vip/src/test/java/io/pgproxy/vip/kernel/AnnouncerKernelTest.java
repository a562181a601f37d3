package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnnouncerKernelTest {
    /** One that fails, and the first of a burst. */
    private final CountDownLatch said = new CountDownLatch(2);

    @Test
    void goesOnAfterAMistake() throws Exception {
        try (Announcer announcer = new Announcer(this::failOnce, new Fuse(Kernel.load()))) {
            announcer.announce(true, System.nanoTime() + TimeUnit.SECONDS.toNanos(20));

            assertThat(said.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void failOnce() {
        said.countDown();
        if (said.getCount() > 0) {
            throw new IllegalStateException("a mistake, planted");
        }
    }
}
