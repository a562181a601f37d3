package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * What we ask of the C library beside what jnr-posix has. The types are those of 64-bit Linux, and every buffer is a
 * direct one at position 0: of another the library would be given a copy. Public only because jnr makes a class of it
 * in a loader of its own; made by {@link Kernel}. Safe from any thread.
 */
public interface LibC {
    int socket(int domain, int type, int protocol);

    int bind(int descriptor, ByteBuffer address, int addressBytes);

    int getsockname(int descriptor, ByteBuffer address, ByteBuffer addressBytes);

    int setsockopt(int descriptor, int level, int name, Pointer value, int valueBytes);

    int getsockopt(int descriptor, int level, int name, Pointer value, ByteBuffer valueBytes);

    long sendto(int descriptor, ByteBuffer bytes, long count, int flags, ByteBuffer address, int addressBytes);

    long recvfrom(int descriptor, ByteBuffer bytes, long count, int flags, ByteBuffer address, ByteBuffer addressBytes);

    int poll(ByteBuffer descriptors, long count, int timeoutMillis);

    int close(int descriptor);

    int eventfd(int initial, int flags);

    int clockGettime(int clock, ByteBuffer time);

    int timerCreate(int clock, ByteBuffer event, ByteBuffer timer);

    int timerSettime(long timer, int flags, ByteBuffer time, @Nullable Pointer before);

    int timerDelete(long timer);
}
