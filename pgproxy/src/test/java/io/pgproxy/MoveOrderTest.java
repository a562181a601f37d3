package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.admin.Order;
import io.pgproxy.admin.Parameters;
import io.pgproxy.vip.machine.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When the virtual address may be handed over on purpose, and what is said where it may not. */
class MoveOrderTest {
    private static final long DRAIN_NANOS = 7;

    private final List<Event> told = new ArrayList<>();

    @Test
    void tellsTheMachineAndHowLongTheSessionsHave() throws Exception {
        assertThat(order(VipStatuses.holding()).carryOut(Parameters.NONE))
                .isCompletedWithValue("192.168.50.11:7001 is handing over the virtual address");
        assertThat(told).containsExactly(new Event.Move(DRAIN_NANOS));
    }

    @Test
    void namesWhoHasItWhereItIsNotHere() {
        assertRefused(
                VipStatuses.standby(),
                "the virtual address is not at 192.168.50.11:7001: 192.168.50.12:7001" + " has it");
    }

    @Test
    void namesNobodyWhereNobodyHasIt() {
        VipStatuses status = VipStatuses.standby();
        status.holder = Optional.empty();

        assertRefused(status, "the virtual address is not at 192.168.50.11:7001: nobody has it");
    }

    @Test
    void namesNobodyByWhatEtcdToldBeforeItFellSilent() {
        VipStatuses status = VipStatuses.standby();
        status.etcdAnswers = false;

        assertRefused(
                status,
                "the virtual address is not at 192.168.50.11:7001: etcd does not answer, so nobody knows who has it");
    }

    @Test
    void isRefusedWhereThereAreNoPeers() {
        VipStatuses status = VipStatuses.holding();
        status.silent = Map.of();

        assertRefused(
                status,
                "there are no peers, so nobody can be heard who would take the virtual address; stop this instance to"
                        + " give it away");
    }

    @Test
    void isRefusedWhileNoOtherIsHeard() {
        VipStatuses status = VipStatuses.holding();
        status.silent = VipStatuses.SILENT;
        status.ready = new TreeSet<>();

        assertRefused(status, "no other member is heard, and none might take the virtual address");
    }

    @Test
    void isRefusedWhileTheOtherWouldNotTakeIt() {
        VipStatuses status = VipStatuses.holding();
        status.ready = new TreeSet<>();

        assertRefused(status, "no other member is ready to take the virtual address; its status says why");
    }

    @Test
    void isRefusedWithoutEtcdSinceNobodyCouldClaim() {
        VipStatuses status = VipStatuses.holding();
        status.etcdAnswers = false;

        assertRefused(status, "etcd does not answer, so nobody could take the virtual address");
    }

    private void assertRefused(VipStatuses status, String why) {
        assertThatThrownBy(() -> order(status).carryOut(Parameters.NONE))
                .isInstanceOf(Order.RefusedException.class)
                .hasMessage(why);
        assertThat(told).isEmpty();
    }

    private MoveOrder order(VipStatuses status) {
        return new MoveOrder(VipStatuses.ME, DRAIN_NANOS, status::made, told::add);
    }
}
