package io.pgproxy.vip;

/**
 * Owns the virtual addresses of this host, all of them together. Confined to the vip thread, but for the listener,
 * which is called on threads of its own too, and must
 * not wait for the vip thread.
 */
public interface VipAddress extends AutoCloseable {
    /**
     * Puts every address on, or renews it, for so many seconds; then the kernel takes it off by itself. If the call has
     * not acted by the time of the fuse, the process is dead.
     *
     * @return whether the kernel took all of them; the reason is logged if not
     */
    boolean touch(int lifetimeSeconds, long fuseAtNanos);

    /** Takes every address off. Returns whether a look at the kernel's list confirmed that none is left. */
    boolean delete();

    /** Whether one of them is on this host, or it can't be told. */
    boolean isPresent();

    /**
     * Asks the network who has them, and does not wait for answers.
     *
     * @return false if one of them could not be asked for: silence means nothing then
     */
    boolean probe();

    /**
     * Reads what the network has said up to now; when this returns the listener has been told.
     *
     * @return false if not all of it could be read: silence means nothing then
     */
    boolean listen();

    /**
     * Tells the network that they are here: a burst if they have just come, and what is due of the refresh otherwise.
     *
     * @param untilNanos after which nothing may be told any more
     */
    void announce(boolean raised, long untilNanos);

    /** Says nothing more to the network. */
    void hush();

    @Override
    void close();

    /** What is seen of the addresses. */
    interface Listener {
        /** One of them is gone, and nobody here deleted it. */
        void lost();

        /** Another host says that it has one of them, or too much was said to know. */
        void conflict(String mac);

        /** Whether the networks of all of them can be reached; told once at the beginning, and when it changes. */
        void network(boolean reachable);
    }
}
