package io.pgproxy;

import io.pgproxy.vip.VipAddress;
import io.pgproxy.vip.kernel.NeighbourTable;
import io.pgproxy.vip.machine.Event;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what is seen of the virtual addresses on this host and its networks. Made before the manager, which needs
 * the kernel's part, which needs somebody to tell. Safe from any thread.
 */
final class AddressNews implements VipAddress.Listener {
    private volatile @Nullable Consumer<Event> machine;
    private volatile Supplier<Set<InetAddress>> members = Set::of;
    private volatile boolean reachable = true;

    /** @param members where the other members are now, so that one of them can be told from a stranger */
    void tell(Consumer<Event> machine, Supplier<Set<InetAddress>> members) {
        this.members = members;
        this.machine = machine;
    }

    @Override
    public void lost() {
        pass(new Event.AddressLost());
    }

    @Override
    public void conflict(String mac) {
        pass(new Event.ConflictSeen(mac, NeighbourTable.read().hasAny(members.get(), mac)));
    }

    @Override
    public void network(boolean reachable) {
        this.reachable = reachable;
    }

    /** What is seen before there is a manager was there when it begins, which is by looking. */
    private void pass(Event event) {
        Consumer<Event> known = machine;
        if (known != null) {
            known.accept(event);
        }
    }

    /** Whether the networks of all the addresses can be reached. */
    boolean networkIsReachable() {
        return reachable;
    }
}
