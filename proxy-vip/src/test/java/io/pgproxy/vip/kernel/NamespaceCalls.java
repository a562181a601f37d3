package io.pgproxy.vip.kernel;

/** What {@link TwoHosts} asks of the C library; public for jnr. */
public interface NamespaceCalls {
    int unshare(int flags);

    int setns(int descriptor, int type);

    int open(String path, int flags);

    int close(int descriptor);
}
