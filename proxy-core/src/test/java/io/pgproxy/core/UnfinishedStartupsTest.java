package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Whose turn it is to make room, by age and by source. */
final class UnfinishedStartupsTest {
    private static final long LATER = UnfinishedStartups.TIME_TO_SPEAK_NANOS + 1;

    private final OneLoop one = new OneLoop();
    private final UnfinishedStartups startups = new UnfinishedStartups();

    private EmbeddedChannel add(String ip, long nanos) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Client client = Client.of(new InetSocketAddress(Rules.ip(ip), 50_000));
        startups.add(new Opening(channel, client, false, one.listener, one.loop), client.source(), nanos);
        return channel;
    }

    @Test
    void oldSilenceOfManySourcesGoesBeforeABusySourcesConnection() {
        EmbeddedChannel silent = add("2001:db8:0:1::1", 0);
        EmbeddedChannel alsoSilent = add("2001:db8:0:2::1", 0);
        EmbeddedChannel busy = add("192.0.2.7", LATER);
        EmbeddedChannel busyAgain = add("192.0.2.7", LATER);
        assertThat(startups.makeRoom(LATER)).isTrue();
        assertThat(silent.isOpen()).isFalse();
        assertThat(alsoSilent.isOpen() && busy.isOpen() && busyAgain.isOpen()).isTrue();
    }

    @Test
    void largestSourceMakesRoomWhileAllAreYoung() {
        EmbeddedChannel oldest = add("192.0.2.7", 0);
        add("192.0.2.8", 1);
        add("192.0.2.8", 2);
        EmbeddedChannel oldestOfTheFlood = add("192.0.2.66", 3);
        EmbeddedChannel youngestOfTheFlood = add("192.0.2.66", 4);
        add("192.0.2.66", 5);
        startups.makeRoom(LATER - 1);
        assertThat(oldestOfTheFlood.isOpen()).isFalse();
        assertThat(oldest.isOpen() && youngestOfTheFlood.isOpen()).isTrue();
    }

    @Test
    void sourceThatHasFewerAgainIsNotTheLargest() {
        add("192.0.2.66", 0);
        Opening spoke = new Opening(
                new EmbeddedChannel(),
                Client.of(new InetSocketAddress(Rules.ip("192.0.2.66"), 50_000)),
                false,
                one.listener,
                one.loop);
        startups.add(spoke, spoke.client().source(), 1);
        EmbeddedChannel other = add("192.0.2.7", 2);
        add("192.0.2.7", 3);
        startups.remove(spoke);
        startups.makeRoom(4);
        assertThat(other.isOpen()).isFalse();
    }

    @Test
    void nobodyMakesRoomWhereNobodyIs() {
        assertThat(startups.makeRoom(0)).isFalse();
    }
}
