package io.pgproxy.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgproxy.vip.kernel.wire.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Two hosts on one cable, each a network namespace: the test's thread is on the near one, 192.168.50.11 and fd00:50::11
 * on near0, and visits the far one, 192.168.50.12 and fd00:50::12 on far0. A socket stays where it was opened. Both are
 * gone with their last descriptor.
 *
 * <p>Needs root, or the rights of {@code unshare -Urn}; without, the test is aborted, and fails where CI is set.
 */
final class TwoHosts implements BeforeEachCallback, AfterEachCallback {
    static final String NEAR_MAC = "02:00:00:00:00:0b";
    static final String FAR_MAC = "02:00:00:00:00:0c";

    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int READ_ONLY_CLOSE_ON_EXEC = 0x8_0000;
    private static final long PATIENCE_SECONDS = 10;

    private static final NamespaceCalls CALLS = LibraryLoader.create(NamespaceCalls.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Kernel kernel;
    private int home;
    private int near;
    private int far;

    TwoHosts() {
        try {
            kernel = Kernel.load();
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        home = namespace();
        far = newNamespace();
        near = newNamespace();
        String farPath = "/proc/" + ProcessHandle.current().pid() + "/fd/" + far;
        near("link add near0 address " + NEAR_MAC + " type veth peer name far0 address " + FAR_MAC + " netns "
                + farPath);
        setUp("near0", "11");
        onFar(() -> {
            setUp("far0", "12");
            return "";
        });
        awaitRunning();
    }

    /** Without link-local addresses, whose duplicate detection would talk in between. */
    private static void setUp(String link, String host) throws Exception {
        ip("link set lo up");
        ip("link set " + link + " addrgenmode none");
        ip("link set " + link + " up");
        ip("addr add 192.168.50." + host + "/24 dev " + link);
        ip("addr add fd00:50::" + host + "/64 dev " + link + " nodad");
    }

    private static int newNamespace() {
        if (CALLS.unshare(CLONE_NEWNET) != 0) {
            throw cannotRun("no right to make a network namespace: run as root, or with unshare -Urn");
        }
        return namespace();
    }

    /** A machine of somebody's may lack the rights for a test; where the tests are the judge it may not. */
    static TestAbortedException cannotRun(String reason) {
        if (System.getenv("CI") != null) {
            throw new AssertionError(reason);
        }
        return new TestAbortedException(reason);
    }

    private static int namespace() {
        int descriptor = CALLS.open("/proc/thread-self/ns/net", READ_ONLY_CLOSE_ON_EXEC);
        if (descriptor < 0) {
            throw new AssertionError("cannot open this thread's network namespace");
        }
        return descriptor;
    }

    private static void enter(int namespace) {
        if (CALLS.setns(namespace, CLONE_NEWNET) != 0) {
            throw new AssertionError("cannot enter a network namespace");
        }
    }

    Kernel kernel() {
        return kernel;
    }

    /** Closed after the test. */
    <T extends AutoCloseable> T open(T closeable) {
        opened.add(0, closeable);
        return closeable;
    }

    AddressTable table() throws KernelException {
        return open(new AddressTable(kernel, TimeUnit.SECONDS.toNanos(1)));
    }

    Link link(String name) throws KernelException {
        try (AddressTable table = new AddressTable(kernel, TimeUnit.SECONDS.toNanos(1))) {
            return table.link(name).orElseThrow();
        }
    }

    Link near0() throws KernelException {
        return link("near0");
    }

    /** What the far host has to be asked for is done there, on this thread. */
    <T> T onFar(Callable<T> what) throws Exception {
        enter(far);
        try {
            return what.call();
        } finally {
            enter(near);
        }
    }

    /** Runs {@code ip} on the near host. */
    String near(String arguments) throws Exception {
        return ip(arguments);
    }

    /** Runs {@code ip} on the far host. */
    String far(String arguments) throws Exception {
        return onFar(() -> ip(arguments));
    }

    /** Runs {@code ip} there until it says that. */
    void awaitFar(String arguments, String part) throws Exception {
        await(arguments, part, this::far);
    }

    /** Runs {@code ip} here until it says that. */
    void awaitNear(String arguments, String part) throws Exception {
        await(arguments, part, this::near);
    }

    private interface Ip {
        String run(String arguments) throws Exception;
    }

    private static void await(String arguments, String part, Ip ip) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String last = ip.run(arguments);
        while (!last.contains(part)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("ip " + arguments + " says '" + last + "' and not '" + part + "'");
            }
            last = ip.run(arguments);
        }
    }

    /** Until both ends of the cable have seen that the other is there; before, the kernel sends nothing. */
    void awaitRunning() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!near0().isRunning() || !onFar(() -> link("far0")).isRunning()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the cable between the hosts never came up");
            }
        }
    }

    private static String ip(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
        opened.clear();
        if (far > 0) {
            enter(home);
        }
        for (int descriptor : new int[] {home, near, far}) {
            if (descriptor > 0) {
                CALLS.close(descriptor);
            }
        }
        home = 0;
        near = 0;
        far = 0;
    }
}
