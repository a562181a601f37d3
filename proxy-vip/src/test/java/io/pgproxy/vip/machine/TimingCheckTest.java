package io.pgproxy.vip.machine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimingCheckTest {
    private static final Timings DEFAULTS = Timings.withTtl(3);

    @Test
    void theProtocolsOwnLengthsFit() {
        assertThat(TimingCheck.problems(DEFAULTS, false)).isEmpty();
        assertThat(TimingCheck.problems(Timings.withTtl(8), true)).isEmpty();
    }

    @Test
    void aLeaseIsTooShortToNoticeAndAsk() {
        assertThat(TimingCheck.problems(Timings.withTtl(2), false))
                .contains("a lease of 2 s is good for 1420 ms where clocks are inexact and the kernel is late, but"
                        + " noticing that etcd is silent and asking the peers takes up to 1550 ms");
    }

    @Test
    void aLeaseIsTooShortForProbes() {
        assertThat(TimingCheck.problems(Timings.withTtl(2), false))
                .hasSize(2)
                .last()
                .isEqualTo("a lease of 2 s is good for 1420 ms where clocks are inexact and the kernel is late, but"
                        + " who claims after an unclean end needs up to 1700 ms for its probes, a last proof and the"
                        + " kernel's whole second");
    }

    @Test
    void aLeaseWithoutPeersIsTooShortForAChangeOfEtcdsLeader() {
        assertThat(TimingCheck.problems(Timings.withTtl(3), true))
                .containsExactly(
                        "a lease of 3 s is good for 2400 ms where clocks are inexact and the kernel is late, and"
                                + " without peers nothing bridges the 3000 ms that a change of etcd's leader may take");
    }

    @Test
    void aPromiseIsTooShortForALostAnswer() throws Exception {
        assertThat(TimingCheck.problems(with("promiseNanos", 2_400), false))
                .containsExactly(
                        "a promise of 2400 ms is good for 1812 ms, but with one answer lost the next takes up to"
                                + " 1900 ms, the kernel's whole second included");
    }

    @Test
    void promisesDoNotMatterWithoutPeers() throws Exception {
        Timings alone = with(with(Timings.withTtl(8), "promiseNanos", 1), "freshNanos", 900);

        assertThat(TimingCheck.problems(alone, true)).isEmpty();
    }

    @Test
    void aStandbySeesTooLateThatEtcdIsSilent() throws Exception {
        assertThat(TimingCheck.problems(with("pollNanos", 700), false))
                .containsExactly(
                        "a standby would see only after 1000 ms that etcd is silent, and what is older than 1000 ms"
                                + " does not count");
    }

    @Test
    void tooLittleIsKeptForALateKernel() throws Exception {
        assertThat(TimingCheck.problems(with("kernelLateNanos", 489), false))
                .containsExactly("the kernel may drop an address 490 ms late, and only 489 ms are kept for that");
    }

    @Test
    void aProofMayBeOlderThanTheLastProbe() throws Exception {
        assertThat(TimingCheck.problems(with("proofNanos", 101), false))
                .containsExactly("a proof may be 101 ms old, which is more than the 100 ms between two probes");
    }

    private static Timings with(String name, long millis) throws ReflectiveOperationException {
        return with(DEFAULTS, name, millis);
    }

    /** The same lengths but for that one. */
    private static Timings with(Timings timings, String name, long millis) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : Timings.class.getRecordComponents()) {
            boolean isThatOne = component.getName().equals(name);
            values.add(
                    isThatOne
                            ? MILLISECONDS.toNanos(millis)
                            : component.getAccessor().invoke(timings));
        }
        return (Timings) Timings.class.getDeclaredConstructors()[0].newInstance(values.toArray());
    }
}
