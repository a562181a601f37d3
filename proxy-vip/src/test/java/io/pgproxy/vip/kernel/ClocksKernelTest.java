package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClocksKernelTest {
    @Test
    void javasClockIsTheKernelsMonotonicOne() throws Exception {
        Clocks clocks = new Clocks(Kernel.load());
        for (int i = 0; i < 100; i++) {
            long before = System.nanoTime();
            long kernels = clocks.monotonicNanos();

            assertThat(kernels).isBetween(before, System.nanoTime());
        }
    }

    @Test
    void aMachineThatRunsIsNotSuspended() throws Exception {
        Clocks clocks = new Clocks(Kernel.load());
        long first = clocks.suspendedNanos();

        assertThat(first).isNotNegative();
        assertThat(clocks.suspendedNanos() - first)
                .isBetween(-TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(50));
    }
}
