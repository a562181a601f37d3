package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig;
import io.pgproxy.config.SessionsConfig.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SessionsKeysTest {
    @Test
    void readsEveryKey() {
        assertThat(config(
                                """
                                sessions:
                                  startup-timeout: 1s
                                  connect-timeout: 3s
                                  answer-timeout: 4s
                                  half-close-timeout: 5s
                                  drain-timeout: 6s
                                  unacknowledged-timeout: off
                                  tcp-user-timeout: 7s
                                  max: 8
                                  max-startups: 9
                                  max-parked: 0
                                  max-cancels: 11
                                  cancel-routing: false
                                  release-rate: 12/s
                                  farewell: false
                                  relay-threads: 10
                                  transport: io_uring
                                  early-tls-answer: false
                                """
                                        + NODES)
                        .sessions())
                .isEqualTo(new SessionsConfig(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        Optional.empty(),
                        Optional.of(Duration.ofSeconds(7)),
                        OptionalInt.of(8),
                        9,
                        0,
                        11,
                        false,
                        OptionalInt.of(12),
                        false,
                        OptionalInt.of(10),
                        Transport.IO_URING,
                        false));
    }

    @Test
    void readsAutoAndOff() {
        assertThat(config("sessions: {max: auto, relay-threads: auto, transport: auto, tcp-user-timeout: off}" + NODES)
                        .sessions())
                .isEqualTo(SessionsConfig.DEFAULTS);
    }

    @Test
    void readsThatThereIsNoRamp() {
        assertThat(config("sessions: {release-rate: none}" + NODES).sessions().releaseRate())
                .isEmpty();
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThat(problems(
                        """
                        sessions:
                          startup-timeout: 11m
                          connect-timeout: 9ms
                          answer-timeout: 6m
                          half-close-timeout: 0s
                          drain-timeout: 25h
                          unacknowledged-timeout: 999ms
                          tcp-user-timeout: 0s
                          max: 0
                          max-startups: 0
                          max-parked: -1
                          max-cancels: 0
                          release-rate: 0/s
                          farewell: yes
                          relay-threads: 257
                          transport: kqueue
                          early-tls-answer: yes
                        """
                                + NODES))
                .containsExactly(
                        "line 2: sessions.startup-timeout: '11m' is out of range; write 100ms to 10m",
                        "line 3: sessions.connect-timeout: '9ms' is out of range; write 10ms to 1m",
                        "line 4: sessions.answer-timeout: '6m' is out of range; write 100ms to 5m",
                        "line 5: sessions.half-close-timeout: '0s' is out of range; write 100ms to 24h",
                        "line 6: sessions.drain-timeout: '25h' is out of range; write 0s to 24h",
                        "line 7: sessions.unacknowledged-timeout: '999ms' is out of range; write 1s to 24h, or off",
                        "line 8: sessions.tcp-user-timeout: '0s' is out of range; write 1s to 24h, or off",
                        "line 9: sessions.max: '0' is out of range; write 1 to 1000000, or auto",
                        "line 10: sessions.max-startups: '0' is out of range; write 1 to 1000000",
                        "line 11: sessions.max-parked: '-1' is out of range; write 0 to 1000000",
                        "line 12: sessions.max-cancels: '0' is out of range; write 1 to 1000000",
                        "line 13: sessions.release-rate: '0/s' is out of range; write 1/s to 100000/s, or none",
                        "line 14: sessions.farewell: 'yes' is not known; write true or false",
                        "line 15: sessions.relay-threads: '257' is out of range; write 1 to 256, or auto",
                        "line 16: sessions.transport: 'kqueue' is not known; write auto or io_uring or epoll or nio",
                        "line 17: sessions.early-tls-answer: 'yes' is not known; write true or false");
    }
}
