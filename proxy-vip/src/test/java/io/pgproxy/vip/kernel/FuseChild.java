package io.pgproxy.vip.kernel;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lives with a fuse, in a process of its own. */
final class FuseChild {
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private FuseChild() {}

    public static void main(String[] arguments) throws IOException {
        Fuse fuse;
        try {
            fuse = new Fuse(Kernel.load());
        } catch (KernelException e) {
            System.out.println(e.getMessage());
            System.exit(3);
            return;
        }
        switch (arguments[0]) {
            case "oversleep" -> {
                System.out.println("armed: " + fuse.arm(System.nanoTime() + SOON_NANOS));
                System.in.read(); // for ever: nobody writes
            }
            case "behave" -> {
                System.out.println("armed for a moment that has passed: " + fuse.arm(System.nanoTime() - 1));
                long at = System.nanoTime() + SOON_NANOS;
                System.out.println("armed: " + fuse.arm(at));
                fuse.disarm();
                passBy(at + SOON_NANOS);
                System.out.println("disarmed in time");
                at = System.nanoTime() + SOON_NANOS;
                System.out.println("armed again: " + fuse.arm(at));
                fuse.close();
                passBy(at + SOON_NANOS);
                System.out.println("given back in time");
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void passBy(long untilNanos) {
        while (System.nanoTime() - untilNanos < 0) {
            LockSupport.parkNanos(untilNanos - System.nanoTime());
        }
    }
}
