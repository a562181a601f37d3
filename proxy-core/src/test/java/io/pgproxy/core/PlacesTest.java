package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class PlacesTest {
    @Test
    void thereAreNoMoreThanThereAre() {
        Places places = new Places(1);
        assertThat(places.take()).isTrue();
        assertThat(places.take()).isFalse();
    }

    @Test
    void whatWasNotTakenIsNotCounted() {
        Places places = new Places(0);
        places.take();
        assertThat(places.used()).isZero();
    }

    @Test
    void severalAreTakenTogetherOrNotAtAll() {
        Places places = new Places(4);
        places.take(3);
        assertThat(places.take(2)).isFalse();
        assertThat(places.used()).isEqualTo(3);
    }

    @Test
    void placeGivenBackCanBeTakenAgain() {
        Places places = new Places(1);
        places.take();
        places.giveBack();
        assertThat(places.take()).isTrue();
    }

    @Test
    void noneIsLeftWhileOneTooManyIsForcedIn() {
        Places places = new Places(1);
        places.force();
        places.force();
        places.giveBack();
        assertThat(places.take()).isFalse();
    }

    @Test
    void unlimitedOnesDoNotOverflow() {
        Places places = new Places(Places.UNLIMITED);
        places.take(Integer.MAX_VALUE);
        assertThat(places.take()).isFalse();
    }

    @Test
    @Timeout(30)
    void threadsThatGraspAtOnceGetNoMoreThanThereAre() throws InterruptedException {
        Places places = new Places(1_000);
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int j = 0; j < 1_000; j++) {
                    if (places.take()) {
                        taken.incrementAndGet();
                    }
                }
            });
            threads[i].start();
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(1_000);
    }
}
