package io.pgproxy.vip;

import io.pgproxy.vip.kernel.KernelException;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An instance without peers, put together as the program does it. */
public final class HolderOnOneHost implements AutoCloseable, VipAddress.Listener {
    private final VipAddress address;
    /** What is seen before there is one concerns nobody yet. */
    private final AtomicReference<@Nullable VipManager> manager = new AtomicReference<>();

    private final Semaphore conflicts = new Semaphore(0);

    /** Opens the address. */
    public interface Opening {
        VipAddress open(VipAddress.Listener listener) throws KernelException;
    }

    public HolderOnOneHost(Opening opening) throws KernelException {
        address = opening.open(this);
        manager.set(new VipManager(
                new VipMachine(EtcdInMemory.ME, new TreeSet<>(), Timings.withTtl(8), Preferences.NONE),
                new EtcdInMemory(),
                address,
                message -> {},
                new NobodyVisits(),
                () -> false));
    }

    @Override
    public void lost() {
        tell(new Event.AddressLost());
    }

    @Override
    public void conflict(String mac) {
        conflicts.release();
        tell(new Event.ConflictSeen(mac, false));
    }

    private void tell(Event event) {
        VipManager known = manager.get();
        if (known != null) {
            known.tell(event);
        }
    }

    @Override
    public void network(boolean reachable) {}

    public void start() {
        Objects.requireNonNull(manager.get()).start(() -> {});
        tell(new Event.Eligible(true, ""));
    }

    public void awaitConflicts(int count) throws InterruptedException {
        if (!conflicts.tryAcquire(count, 10, TimeUnit.SECONDS)) {
            throw new AssertionError("fewer than " + count + " conflicts within 10 s");
        }
    }

    public CompletionStage<Void> stop() {
        return Objects.requireNonNull(manager.get()).stop(0);
    }

    @Override
    public void close() {
        stop().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
        address.close();
    }
}
