package io.pgproxy;

import io.pgproxy.config.IpText;
import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Vip;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the virtual addresses' machine knows, for the report. Safe from any thread. */
final class VipReport implements Supplier<Vip> {
    private final List<InetAddress> addresses;
    private final Member self;
    private final Supplier<VipStatus> status;

    VipReport(List<InetAddress> addresses, Member self, Supplier<VipStatus> status) {
        this.addresses = List.copyOf(addresses);
        this.self = self;
        this.status = status;
    }

    @Override
    public Vip get() {
        return at(System.nanoTime());
    }

    /** As of that time of {@link System#nanoTime}. */
    Vip at(long nowNanos) {
        VipStatus now = status.get();
        String authority = authority(now, nowNanos);
        return new Vip(
                addresses.stream().map(IpText::of).toList(),
                self.toString(),
                now.state().name().toLowerCase(Locale.ROOT),
                now.sinceNanos() == VipStatus.NEVER ? 0 : seconds(nowNanos - now.sinceNanos()),
                now.etcdAnswers(),
                now.holder().map(holder -> holder.member().toString()).orElse(null),
                now.othersRecorded().stream().map(Member::toString).toList(),
                authority,
                authority == null ? null : seconds(now.deadlineNanos() - nowNanos),
                now.trouble().isEmpty() ? null : now.trouble(),
                now.conflicts(),
                now.leaving(),
                now.silent().entrySet().stream()
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
