package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Vip;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the machine knows, as the report has it. */
class VipReportTest {
    @Test
    void aHolderTellsForHowLongEtcdAllowsIt() throws Exception {
        assertThat(report(VipStatuses.holding()))
                .isEqualTo(new Vip(
                        List.of("192.168.50.10"),
                        "192.168.50.11:7001",
                        "hold",
                        60,
                        true,
                        "192.168.50.11:7001",
                        List.of(),
                        "etcd",
                        2.0,
                        null,
                        3,
                        false,
                        List.of(new Peer("192.168.50.12:7001", true))));
    }

    @Test
    void aStandbyTellsWhoHasItAndWhatIsInTheWay() throws Exception {
        Vip vip = report(VipStatuses.standby());

        assertThat(vip.holder()).isEqualTo("192.168.50.12:7001");
        assertThat(vip.trouble()).isEqualTo("another has the key");
        assertThat(vip.authority()).isNull();
        assertThat(vip.leftSeconds()).isNull();
    }

    @Test
    void promisesThatReachFurtherThanEtcdAreWhatAllowsIt() throws Exception {
        VipStatuses status = VipStatuses.holding();
        status.deadlineNanos = VipStatuses.after(3);

        assertThat(report(status).authority()).isEqualTo("peers");
        assertThat(report(status).leftSeconds()).isEqualTo(3.0);
    }

    @Test
    void nothingAllowsItWhenTheDeadlineHasPassed() throws Exception {
        VipStatuses status = VipStatuses.holding();
        status.deadlineNanos = VipStatuses.before(1);

        assertThat(report(status).authority()).isNull();
    }

    @Test
    void whoWasNotStartedYetIsNotAsOldAsTheHost() throws Exception {
        VipStatuses status = VipStatuses.standby();
        status.sinceNanos = VipStatus.NEVER;

        assertThat(report(status).sinceSeconds()).isZero();
    }

    @Test
    void tellsThatEtcdIsSilentAndWhomItsRecordNames() throws Exception {
        VipStatuses status = VipStatuses.standby();
        status.state = State.CLAIM;
        status.etcdAnswers = false;
        status.holder = Optional.empty();
        status.othersRecorded = new TreeSet<>(List.of(VipStatuses.OTHER));
        status.silent = VipStatuses.SILENT;
        Vip vip = report(status);

        assertThat(vip.state()).isEqualTo("claim");
        assertThat(vip.etcdAnswers()).isFalse();
        assertThat(vip.holder()).isNull();
        assertThat(vip.othersRecorded()).containsExactly("192.168.50.12:7001");
        assertThat(vip.peers()).containsExactly(new Peer("192.168.50.12:7001", false));
    }

    private static Vip report(VipStatuses status) throws Exception {
        List<InetAddress> addresses = List.of(InetAddress.getByName("192.168.50.10"));
        return new VipReport(addresses, VipStatuses.ME, status::made).at(VipStatuses.NOW);
    }
}
