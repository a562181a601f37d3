package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what is seen of the addresses. */
final class AddressDiary implements VipAddress.Listener {
    private static final int PATIENCE_SECONDS = 10;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public void lost() {
        lines.add("lost");
    }

    @Override
    public void conflict(String mac) {
        lines.add("conflict " + mac);
    }

    @Override
    public void network(boolean reachable) {
        lines.add("network " + (reachable ? "reachable" : "cut"));
    }

    String next() throws InterruptedException {
        String next = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return next == null ? "nothing within " + PATIENCE_SECONDS + " s" : next;
    }

    /** What there is by now. */
    List<String> soFar() {
        return new ArrayList<>(lines);
    }
}
