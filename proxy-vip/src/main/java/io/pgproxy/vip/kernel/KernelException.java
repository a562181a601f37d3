package io.pgproxy.vip.kernel;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import jnr.constants.platform.Errno;

/** What we were doing, and what the kernel said to it. */
public final class KernelException extends IOException {
    /** What goes away without anybody's doing, or with the next change of the link. */
    private static final Set<Errno> PASSING = EnumSet.of(
            Errno.EAGAIN, Errno.EBUSY, Errno.EINTR, Errno.ENETDOWN, Errno.ENOBUFS, Errno.ENOMEM, Errno.ENETUNREACH);

    private final Optional<Errno> errno;

    /** The kernel said no. */
    KernelException(String operation, int errno, String words) {
        super(operation + ": " + text(errno) + (words.isEmpty() ? "" : ": " + words));
        Errno known = Errno.valueOf(errno);
        this.errno = known.defined() ? Optional.of(known) : Optional.empty();
    }

    /** The kernel said nothing, or nothing that makes sense. */
    KernelException(String operation, String reason) {
        super(operation + ": " + reason);
        errno = Optional.empty();
    }

    /** What we need for it is not here. */
    KernelException(String operation, String reason, Throwable cause) {
        super(operation + ": " + reason, cause);
        errno = Optional.empty();
    }

    private static String text(int errno) {
        Errno known = Errno.valueOf(errno);
        return known.defined() ? known.name() + " (" + known.description() + ")" : "errno " + errno;
    }

    /** Empty if it was no answer of the kernel's. */
    public Optional<Errno> errno() {
        return errno;
    }

    boolean isBecause(Errno reason) {
        return errno.isPresent() && errno.get() == reason;
    }

    /** Whether the same may well succeed later: the link is down for a moment, memory is short. */
    public boolean isPassing() {
        return errno.isPresent() && PASSING.contains(errno.get());
    }
}
