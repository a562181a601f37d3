package io.pgproxy.vip.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lives with a fuse, in a process of its own. */
final class FuseChild {
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long HARDLY_NANOS = TimeUnit.MILLISECONDS.toNanos(19);

    private FuseChild() {}

    public static void main(String[] arguments) throws KernelException {
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
                readForEver();
            }
            case "act too long" -> {
                System.out.println("acting");
                fuse.guard(System.nanoTime() + SOON_NANOS, FuseChild::readForEver);
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
                act();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void readForEver() {
        try {
            System.in.read(); // nobody writes
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void act() throws KernelException {
        try (Fuse fuse = new Fuse(Kernel.load())) {
            long soon = System.nanoTime() + SOON_NANOS;
            System.out.println("acted: " + fuse.guard(soon, () -> System.out.println("acting")));
            try {
                fuse.guard(soon, () -> {
                    throw new KernelException("act", "on purpose");
                });
            } catch (KernelException e) {
                System.out.println(e.getMessage());
            }
            passBy(soon + SOON_NANOS);
            long hardly = System.nanoTime() + HARDLY_NANOS;
            System.out.println("acted: " + fuse.guard(hardly, () -> System.out.println("acting")));
        }
    }

    private static void passBy(long untilNanos) {
        while (System.nanoTime() - untilNanos < 0) {
            LockSupport.parkNanos(untilNanos - System.nanoTime());
        }
    }
}
