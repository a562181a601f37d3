package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Platform;
import jnr.ffi.Platform.OS;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** The C library, loaded once and handed to whatever needs it. Safe from any thread. */
public final class Kernel {
    private static final int EINTR = 4;

    private final LibC calls;
    private final Runtime runtime;

    private Kernel(LibC calls) {
        this.calls = calls;
        this.runtime = Runtime.getRuntime(calls);
    }

    /** jnr-posix knows hundreds of functions and takes longer to load than all the rest; not everybody needs it. */
    private static final class Loaded {
        static final POSIX CALLS = POSIXFactory.getNativePOSIX();
    }

    /** Takes some tenths of a second, once. Needs a folder for temporary files that allows execution. */
    public static Kernel load() throws KernelException {
        Platform platform = Platform.getNativePlatform();
        if (platform.getOS() != OS.LINUX || !platform.is64Bit()) {
            throw new KernelException("load the C library", "a virtual address needs Linux on 64 bits");
        }
        try {
            LibC calls = LibraryLoader.create(LibC.class)
                    .map("clockGettime", "clock_gettime")
                    .map("timerCreate", "timer_create")
                    .map("timerSettime", "timer_settime")
                    .map("timerDelete", "timer_delete")
                    .load(platform.getStandardCLibraryName());
            return new Kernel(calls);
        } catch (LinkageError | RuntimeException e) { // whatever jnr's own unpacking and loading dies of
            throw new KernelException(
                    "load the C library", "is java.io.tmpdir a folder that allows execution? " + e, e);
        }
    }

    LibC calls() {
        return calls;
    }

    POSIX posix() {
        return Loaded.CALLS;
    }

    private int errno() {
        return LastError.getLastError(runtime);
    }

    /** What the last call on this thread failed with. */
    KernelException failure(String operation) {
        return new KernelException(operation, errno(), "");
    }

    /** Waits until one of them is ready; false if that lasts for too long, or if there was a signal. */
    boolean poll(ByteBuffer descriptors, int count, int timeoutMillis) throws KernelException {
        int ready = calls.poll(descriptors, count, timeoutMillis);
        if (ready < 0 && errno() != EINTR) {
            throw failure("wait for the kernel");
        }
        return ready > 0;
    }

    Pointer memory(int bytes) {
        return Memory.allocateDirect(runtime, bytes, true);
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** A copy that the kernel can read. */
    static ByteBuffer buffer(byte[] bytes) {
        return buffer(bytes.length).put(bytes).rewind();
    }
}
