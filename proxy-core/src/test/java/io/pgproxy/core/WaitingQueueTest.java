package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** The order of a release is ParkingTest's; here is who is in the queue at all. */
final class WaitingQueueTest {
    private final OneLoop one = new OneLoop();
    private final WaitingQueue queue = new WaitingQueue();
    private final Opening opening = new Opening(new EmbeddedChannel(), one.listener, one.loop);

    @Test
    void isNotWaitedInAtFirst() {
        assertThat(queue.isWaitedIn()).isFalse();
    }

    @Test
    void isWaitedInByWhoWasAdded() {
        queue.add(opening);
        assertThat(queue.isWaitedIn()).isTrue();
    }

    @Test
    void isLeftByWhoIsRemoved() {
        queue.add(opening);
        queue.remove(opening);
        assertThat(queue.isWaitedIn()).isFalse();
    }

    @Test
    void releasesNoMoreThanAsked() {
        queue.add(opening);
        queue.add(new Opening(new EmbeddedChannel(), one.listener, one.loop));
        queue.release(1);
        assertThat(queue.isWaitedIn()).isTrue();
    }
}
