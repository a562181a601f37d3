package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * How long it takes until the other host has the address: leases of 3 s, round trips of a few milliseconds, nothing else
 * going wrong at the same time. What is measured is printed.
 */
class TakeoverSimulationTest {
    private static final int RUNS = 100;

    @Test
    void ofAFrozenHolderTakesLessThanFourSeconds() {
        Takeovers takeovers = Takeovers.after(Trouble.FROZEN, 0, RUNS);
        System.out.println("takeover of a frozen holder: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(4 * Span.SECOND);
    }

    @Test
    void fromBehindAPulledCableTakesLessThanFourSeconds() {
        Takeovers takeovers = Takeovers.after(Trouble.CABLE_PULLED, 0, RUNS);
        System.out.println("takeover from behind a pulled cable: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(4 * Span.SECOND);
    }

    @Test
    void ofAHolderThatHearsNothingTakesLessThanFourSeconds() {
        Takeovers takeovers = Takeovers.after(Trouble.DEAF, 0, RUNS);
        System.out.println("takeover of a holder that hears nothing: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(4 * Span.SECOND);
    }

    @Test
    void ofACrashedHolderTakesLessThanFourSeconds() {
        Takeovers takeovers = Takeovers.after(Trouble.CRASH, 0, RUNS);
        System.out.println("takeover of a crashed holder: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(4 * Span.SECOND);
    }

    @Test
    void ofAFrozenHolderWithoutPeersTakesLessThanNineSeconds() {
        Takeovers takeovers = Takeovers.withoutPeersAfter(Trouble.FROZEN, RUNS);
        System.out.println("takeover of a frozen holder without peers: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(9 * Span.SECOND);
    }

    @Test
    void ofACrashedHolderWhoseSupervisorSaysSoTakesLessThanASecond() {
        Takeovers takeovers = Takeovers.after(Trouble.CRASH, 1, RUNS);
        System.out.println("takeover of a crashed holder whose supervisor says so: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(Span.SECOND);
    }

    @Test
    void ofAHolderThatStopsLeavesNobodyForAQuarterOfASecondAtMost() {
        Takeovers takeovers = Takeovers.withoutHolderAt(Trouble.CLEAN_STOP, RUNS);
        System.out.println("nobody holds at a clean stop: " + takeovers);
        assertThat(takeovers.worstNanos()).isLessThan(250 * Span.MILLI);
        assertThat(takeovers.medianNanos()).isLessThan(50 * Span.MILLI);
    }
}
