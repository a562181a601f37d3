package io.pgproxy.vip.kernel;

/** A socket that the kernel writes to when it likes. */
public interface Receiver {
    /** What {@code poll} waits for. */
    int descriptor();

    /**
     * Reads what is there and tells its listener, on this thread; what another thread reads at the same time has been
     * told, too, when this returns. So whoever is about to conclude something from silence calls this first: a process
     * that was stopped for a while has its answers still unread in the socket. A listener must not wait for a thread
     * that may come to call this.
     *
     * @return whether the socket was seen empty; false if so much came that nothing can be concluded from silence
     */
    boolean receive() throws KernelException;
}
