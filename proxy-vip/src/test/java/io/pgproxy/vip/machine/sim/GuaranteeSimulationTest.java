package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The guarantee, over thousands of mixed runs: two hosts never have the address at once, and after the last trouble one
 * of them has it again.
 *
 * <p>{@code lab/simulate} does more runs, or one again and shows what happened in it.
 */
class GuaranteeSimulationTest {
    @Test
    void holdsInAnyNetwork() {
        assertThat(new Seeds("any-network", Plans::anyNetwork).firstWrong(Seeds.share(0.4)))
                .isEmpty();
    }

    @Test
    void holdsForConnectedHostsWhateverHappensToTheKey() {
        assertThat(new Seeds("hosts-connected", Plans::hostsConnected).firstWrong(Seeds.share(0.3)))
                .isEmpty();
    }

    @Test
    void holdsWithoutArpWhenEverythingGoesWrongTogether() {
        assertThat(new Seeds("without-arp", Plans::withoutArp).firstWrong(Seeds.share(0.3)))
                .isEmpty();
    }
}
