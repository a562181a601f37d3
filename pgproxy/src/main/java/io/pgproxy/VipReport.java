package io.pgproxy;

import io.pgproxy.config.IpText;
import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Vip;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the virtual addresses' machine knows, for the report. Safe from any thread. */
final class VipReport implements Supplier<Vip> {
    private final VirtualAddresses addresses;

    VipReport(VirtualAddresses addresses) {
        this.addresses = addresses;
    }

    @Override
    public Vip get() {
        return of(addresses.manager().status(), System.nanoTime());
    }

    private Vip of(VipStatus status, long nowNanos) {
        String authority = authority(status, nowNanos);
        return new Vip(
                addresses.config().addresses().stream().map(IpText::of).toList(),
                addresses.me().member().toString(),
                status.state().name().toLowerCase(Locale.ROOT),
                status.sinceNanos() == VipStatus.NEVER ? 0 : seconds(nowNanos - status.sinceNanos()),
                status.etcdAnswers(),
                status.holder().map(holder -> holder.member().toString()).orElse(null),
                status.othersRecorded().stream().map(Member::toString).toList(),
                authority,
                authority == null ? null : seconds(status.deadlineNanos() - nowNanos),
                status.trouble().isEmpty() ? null : status.trouble(),
                status.conflicts(),
                status.leaving(),
                status.silent().entrySet().stream()
                        .map(peer -> new Peer(peer.getKey().toString(), !peer.getValue()))
                        .toList());
    }

    /** The promises of the others only matter where they reach further than what etcd gives. */
    private static @Nullable String authority(VipStatus status, long nowNanos) {
        if (status.state() != State.HOLD || status.deadlineNanos() <= nowNanos) {
            return null;
        }
        return status.etcdUntilNanos() >= status.deadlineNanos() ? "etcd" : "peers";
    }

    /** To the millisecond; more digits would only be noise in the JSON. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 1e6) / 1e3;
    }
}
