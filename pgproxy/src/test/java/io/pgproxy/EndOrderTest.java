package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.admin.Order.RefusedException;
import io.pgproxy.core.LiveSessions;
import io.pgproxy.core.SessionFilter;
import io.pgproxy.core.SessionStatus;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which session is meant by a port, since the kernel gives one port to connections to different nodes. */
class EndOrderTest {
    private static final int PORT = 40_123;
    private static final SessionFilter BY_PORT = new SessionFilter(OptionalInt.of(PORT), Optional.empty());

    private static LiveSessions.Found sessionsOn(String... nodes) {
        List<SessionStatus> sessions = Arrays.stream(nodes)
                .map(node -> new SessionStatus(
                        new InetSocketAddress("192.0.2.7", 50_000),
                        Optional.empty(),
                        "primary",
                        Optional.of(new SessionStatus.Backend(node, PORT)),
                        0,
                        0,
                        0))
                .toList();
        return new LiveSessions.Found(sessions, sessions.size(), 0);
    }

    @Test
    void portOfOneNodeMeansTheSessionThere() throws Exception {
        assertThat(EndOrder.theOne(BY_PORT, sessionsOn("pg102"))).isEqualTo(BY_PORT.on("pg102"));
    }

    @Test
    void portOfTwoNodesIsNobodysUntilTheNodeIsSaid() {
        assertThatThrownBy(() -> EndOrder.theOne(BY_PORT, sessionsOn("pg103", "pg102")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("there are sessions with backend port 40123 on pg102 and pg103; say which node");
    }

    @Test
    void portOfOneNodeMayBeThatOfAnotherToo() {
        LiveSessions.Found found = new LiveSessions.Found(sessionsOn("pg102").sessions(), 1, 1);

        assertThatThrownBy(() -> EndOrder.theOne(BY_PORT, found))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "there is a session with backend port 40123 on pg102, but 1 of the relay loops did not answer"
                                + " in time and may have another; say which node");
    }

    @Test
    void portThatMayBeOfALoopThatDidNotAnswerIsSaidToBeUnknown() {
        assertThatThrownBy(() -> EndOrder.theOne(BY_PORT, new LiveSessions.Found(List.of(), 0, 1)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("there is no session with backend port 40123 to be seen, but 1 of the relay loops did not"
                        + " answer in time");
    }
}
