package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.BackendEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is found of a real proxy. */
@Timeout(60)
class FitnessTest {
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final BlockingQueue<Fitness.Finding> findings = new LinkedBlockingQueue<>();
    private final Loopback loopback = new Loopback(new HangingEvents());
    private volatile BooleanSupplier network = () -> true;
    private final Fitness fitness = new Fitness(
            loopback.proxy,
            () -> network.getAsBoolean(),
            new WritesInSight(
                    loopback.config.listeners(),
                    loopback.routes,
                    () -> CompletableFuture.completedFuture(null),
                    System::nanoTime),
            findings::add);

    FitnessTest() throws IOException {}

    @AfterEach
    void close() {
        mayGoOn.countDown();
        fitness.close();
        loopback.close();
    }

    @Test
    void aProxyThatAnswersIsFit() throws Exception {
        loopback.proxy.bind();
        fitness.start();
        assertThat(await(Fitness.Finding::fit).reason()).isEmpty();
    }

    @Test
    void aProxyThatIsNotBoundIsNot() throws Exception {
        fitness.start();
        assertThat(next()).isEqualTo(new Fitness.Finding(false, "not every listener is bound", false));
    }

    @Test
    void aProxyWithoutItsNetworkIsNot() throws Exception {
        loopback.proxy.bind();
        network = () -> false;
        fitness.start();
        assertThat(next().reason())
                .isEqualTo(
                        "the interface of the virtual address has no link, or the kernel's news of it cannot be read");
    }

    @Test
    void aPrimaryInSightIsPassedOnAndIsNoMatterOfFitness() throws Exception {
        fitness.start();
        assertThat(next().primaryInSight()).isFalse();
        loopback.routeTo(Loopback.freePort());
        assertThat(await(Fitness.Finding::primaryInSight).fit()).isFalse();
    }

    @Test
    void aMistakeInLookingIsNoFitnessAndNotTheEndOfLooking() throws Exception {
        loopback.proxy.bind();
        network = () -> {
            throw new IllegalStateException("a mistake");
        };
        fitness.start();
        assertThat(next()).isEqualTo(new Fitness.Finding(false, "its fitness can't be told", false));
        network = () -> true;
        await(Fitness.Finding::fit);
    }

    /** The loop hangs where it tells that a backend refuses. */
    @Test
    void aRelayLoopThatHangsMakesItUnfitForAsLong() throws Exception {
        loopback.routeTo(Loopback.freePort()).proxy.bind();
        fitness.start();
        await(Fitness.Finding::fit);
        try (Socket client = loopback.client(InetAddress.getLoopbackAddress())) {
            assertThat(await(found -> !found.fit()).reason()).startsWith("a relay loop has not turned for 1 s");
            mayGoOn.countDown();
            await(Fitness.Finding::fit);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void nothingIsFoundAfterTheEnd() throws Exception {
        fitness.start();
        next();
        fitness.close();
        findings.clear();
        assertThat(findings.poll(1, TimeUnit.SECONDS)).isNull();
    }

    private Fitness.Finding next() throws InterruptedException {
        return await(found -> true);
    }

    private Fitness.Finding await(Predicate<Fitness.Finding> wanted) throws InterruptedException {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Fitness.Finding found = findings.poll(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(found).as("a finding as it is waited for").isNotNull();
            if (wanted.test(found)) {
                return found;
            }
        }
    }

    private final class HangingEvents implements BackendEvents {
        @Override
        public void connectFailed(String node, String reason) {
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void backendClosed(String node) {}
    }
}
