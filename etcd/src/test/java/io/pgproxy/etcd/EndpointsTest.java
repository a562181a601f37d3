package io.pgproxy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which member comes next. */
class EndpointsTest {
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Clusters clusters = new Clusters(List.of("e0", "e1", "e2"));
    private final Endpoint e0 = endpoint("e0");
    private final Endpoint e1 = endpoint("e1");
    private final Endpoint e2 = endpoint("e2");
    private final Endpoints endpoints = new Endpoints(List.of(e0, e1, e2));

    /** Nobody is asked, so that nothing is connected. */
    private Endpoint endpoint(String name) {
        return new Endpoint(
                name,
                () -> {
                    ManagedChannel channel =
                            NettyChannelBuilder.forAddress("127.0.0.1", 1).build();
                    channels.add(channel);
                    return channel;
                },
                clusters);
    }

    @AfterEach
    void closes() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    @Test
    void aWatchGoesToTheBestOne() {
        endpoints.answeredFirst(e1);
        assertThat(endpoints.toWatch()).isSameAs(e1);
    }

    @Test
    void aWatchDoesNotGoWhereOneHasJustBroken() {
        endpoints.watchBroke(e0);
        assertThat(endpoints.toWatch()).isSameAs(e1);
    }

    @Test
    void aDeafOneIsTheLastHoweverWellItAnswers() {
        endpoints.answeredFirst(e1);
        endpoints.wasDeaf(e1);
        assertThat(endpoints.toWatch()).isSameAs(e0);
        endpoints.watchBroke(e0);
        assertThat(endpoints.toWatch()).isSameAs(e2);
    }

    @Test
    void whereAllAreDeafWhoWasSoTheLongestAgoIsNext() {
        endpoints.wasDeaf(e1);
        endpoints.wasDeaf(e0);
        endpoints.wasDeaf(e2);
        endpoints.wasDeaf(e1);
        assertThat(endpoints.toWatch()).isSameAs(e0);
    }

    @Test
    void aDeafOneIsAskedAsBefore() {
        endpoints.answeredFirst(e1);
        endpoints.wasDeaf(e1);
        assertThat(endpoints.inOrder()).containsExactly(e1, e0, e2);
    }
}
