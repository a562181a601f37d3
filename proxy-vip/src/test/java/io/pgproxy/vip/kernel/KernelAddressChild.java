package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A holder in a process of its own: puts the address on, says so, and waits for a line before it does so again. */
final class KernelAddressChild {
    static final int LIFETIME_SECONDS = 2;

    private static final long FUSE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private KernelAddressChild() {}

    private static final class Deaf implements VipAddress.Listener {
        @Override
        public void lost() {}

        @Override
        public void conflict(String mac) {}

        @Override
        public void network(boolean reachable) {}
    }

    public static void main(String[] arguments) throws IOException {
        try (KernelAddress address =
                new KernelAddress(Kernel.load(), List.of(Addresses.of(arguments[0])), Optional.empty(), new Deaf())) {
            do {
                System.out.println("touched: " + address.touch(LIFETIME_SECONDS, System.nanoTime() + FUSE_NANOS));
            } while (System.in.read() >= 0);
        }
    }
}
