package io.pgproxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTextTest {
    @Test
    void showsAHealthyClusterInNeatColumns() {
        assertThat(StatusText.render(Reports.healthy()))
                .isEqualTo(
                        """
                        pgproxy 1.2.3 on ct100: ready
                        cluster main: primary pg102, system 7340000000000000001
                        running for 3h 5m, transport epoll, routing table 12

                        LISTENER  BIND    ROUTE    SESSIONS  PARKED  GOES TO
                        primary   *:5432  primary        12       0  pg102
                        replicas  *:5433  replica         3       0  pg103

                        LISTENER  RULES
                        replicas  balance: random; max-sessions: 100

                        NODE   ADDRESS             STATE  ROLE     TIMELINE    LAG  WEIGHT  SESSIONS  SINCE  REASON
                        pg102  192.168.50.21:5432  up     primary         3      -     200         3  1m 0s  primary, running
                        pg103  192.168.50.22:5432  up     replica         3  16 kB     200         3  1m 0s  replica, streaming

                        LIMIT     NOW   MAX
                        sessions   15  9900
                        """);
    }

    @Test
    void saysWhereTheVirtualAddressIs() {
        assertThat(StatusText.render(Reports.holding()))
                .contains("\nvirtual 192.168.50.10: here for 3h 3m, allowed by etcd for 2.4 s more\n");
        assertThat(StatusText.render(Reports.standingBy()))
                .contains("\nvirtual 192.168.50.10: at 192.168.50.11:7001; 192.168.50.12:7001 is in standby for 1m 0s:"
                        + " another has the key\n");
    }

    @Test
    void takesNothingForNewsThatEtcdToldBeforeItFellSilent() {
        assertThat(StatusText.render(Reports.withoutEtcd()))
                .contains("\nvirtual 192.168.50.10: nobody knows who has it, 192.168.50.11:7001 had it when etcd"
                        + " last answered; 192.168.50.12:7001 is in standby for 1m 0s: etcd does not answer\n");
    }

    @Test
    void saysErrorsBeforeWarnings() {
        assertThat(StatusText.render(Reports.misconfigured()))
                .startsWith(
                        """
                        pgproxy 1.2.3 on ct100: ready
                          ! other members
                          ? a node is slow
                        cluster main: primary pg102, system 7340000000000000001
                        """);
    }

    @Test
    void saysWhatIsWrongFirst() {
        assertThat(StatusText.render(Reports.withoutPrimary()))
                .startsWith(
                        """
                        pgproxy 1.2.3 on ct100: NOT READY
                          ! listener primary has nobody to go to: no primary
                          ? node pg102 is unknown
                        cluster not known yet: no primary
                        """)
                .contains("primary   *:5432 (closed)  primary         0       7  nobody: no primary (for 4s)\n");
    }

    @Test
    void letsNobodyCommandTheTerminal() {
        assertThat(StatusText.render(Reports.hostile("\u001b[2J\u0007\rgone")))
                .contains("\\u001B[2J\\u0007\\u000Dgone")
                .doesNotContain("\u001b")
                .doesNotContain("\r");
    }

    @Test
    void nothingIsCalledNull() {
        assertThat(StatusText.render(Reports.unknowing())).doesNotContain("null", "NaN", "Optional");
    }
}
