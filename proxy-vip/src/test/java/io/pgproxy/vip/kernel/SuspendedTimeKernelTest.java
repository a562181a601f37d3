package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuspendedTimeKernelTest {
    @Test
    void aMachineThatWasNotSuspendedIsNotTakenForOne() throws Exception {
        SuspendedTime time = new SuspendedTime(Kernel.load());

        for (int i = 0; i < 1_000; i++) {
            assertThat(time.happened()).isFalse();
        }
    }
}
