package io.pgproxy.vip;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import java.util.function.Consumer;

/** Holds a lease in etcd for somebody who decides. Safe from any thread. */
public interface LeaseClient extends AutoCloseable {
    /**
     * Asks etcd, and neither waits nor throws.
     *
     * <p>The answer comes once, by the deadline, on a thread that must not be held up. What goes wrong is an
     * {@link EtcdAnswer.Failed}, after which the call may have been executed all the same, or may be yet. A lease that
     * is granted too late to be told is given back by the client itself.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     */
    void perform(EtcdCall call, long deadlineNanos, Consumer<EtcdAnswer> answer);

    /** Calls back when the key may have changed, and whenever that could not be watched for a while. To be called once. */
    void watch(Runnable keyMoved);

    /** Lets go of the connections; every call that is under way fails. */
    @Override
    void close();
}
