package io.pgproxy;

import io.pgproxy.vip.kernel.Kernel;
import io.pgproxy.vip.kernel.KernelException;
import io.pgproxy.vip.kernel.LocalDatagrams;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that has started us, if it wants to be told how we are (sd_notify(3)), which it says in the
 * environment. Only then the C library is loaded for it. Safe from any thread; nothing here waits.
 */
final class ServiceManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    /** It wants to hear something within its interval; who says it four times may be late or not heard twice. */
    private static final int SIGNS_EACH_INTERVAL = 4;

    private final Optional<LocalDatagrams> line;
    private final long signNanos;
    private final AtomicLong lastSignNanos = new AtomicLong();
    private volatile boolean closed;

    /** @param watchdogNanos after how long a silence it ends us; 0 for never */
    private ServiceManager(Optional<LocalDatagrams> line, long watchdogNanos) {
        this.line = line;
        this.signNanos = watchdogNanos / SIGNS_EACH_INTERVAL;
        lastSignNanos.set(System.nanoTime() - signNanos);
    }

    /** @param environment with NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID as systemd sets them */
    static ServiceManager of(Map<String, String> environment) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (socket.isEmpty()) {
            return new ServiceManager(Optional.empty(), 0);
        }
        try {
            return new ServiceManager(
                    Optional.of(new LocalDatagrams(Kernel.load(), socket)),
                    watchdogNanos(environment, ProcessHandle.current().pid()));
        } catch (KernelException e) {
            LOG.error("the service manager waits for a word of ours, and can't be told: {}", e.getMessage());
            return new ServiceManager(Optional.empty(), 0);
        }
    }

    /** What is meant for another process, such as the script that has started this one, is not for us. */
    static long watchdogNanos(Map<String, String> environment, long ownPid) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (!pid.isEmpty() && !pid.equals(Long.toString(ownPid))) {
            return 0;
        }
        try {
            return TimeUnit.MICROSECONDS.toNanos(Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0")));
        } catch (NumberFormatException e) {
            LOG.warn("WATCHDOG_USEC in the environment is no number");
            return 0;
        }
    }

    /** Clients are let in. */
    void ready() {
        tell("READY=1");
    }

    /** From now on it takes as long as it takes. */
    void stopping() {
        tell("STOPPING=1");
    }

    /** What matters most still turns. May be called far more often than it has to be told. */
    void alive() {
        long last = lastSignNanos.get();
        long now = System.nanoTime();
        if (signNanos > 0 && now - last >= signNanos && lastSignNanos.compareAndSet(last, now)) {
            tell("WATCHDOG=1");
        }
    }

    /** Lets that loop say that it turns, for as long as it does. Nothing if nobody wants to know. */
    void watch(Supplier<CompletionStage<Void>> loop) {
        if (signNanos > 0) {
            Thread asking = new Thread(() -> ask(loop), "watchdog");
            asking.setDaemon(true);
            asking.start();
        }
    }

    private void ask(Supplier<CompletionStage<Void>> loop) {
        while (!closed) {
            try {
                loop.get().thenRun(this::alive);
            } catch (RejectedExecutionException e) {
                LOG.debug("the loop has ended: {}", e.getMessage());
            }
            LockSupport.parkNanos(signNanos);
        }
    }

    private void tell(String text) {
        try {
            if (line.isPresent()) {
                line.get().send(text);
            }
        } catch (KernelException e) {
            LOG.warn("the service manager does not hear {}: {}", text, e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        line.ifPresent(LocalDatagrams::close);
    }
}
