package io.pgproxy.vip.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** {@code ip monitor address} on the near host: what anybody sees of it. */
final class IpMonitor implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    IpMonitor(TwoHosts hosts) throws Exception {
        process = new ProcessBuilder("ip", "-o", "monitor", "address")
                .redirectErrorStream(true)
                .start();
        output = process.inputReader();
        // It says nothing when it has begun to listen: some other address comes until it is seen.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!output.ready()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("ip monitor sees nothing");
            }
            hosts.near("addr add 10.99.0.1/32 dev lo");
            hosts.near("addr del 10.99.0.1/32 dev lo");
        }
    }

    /** The next line with that in it. */
    String lineWith(String part) throws IOException {
        String line = output.readLine();
        while (line != null && !line.contains(part)) {
            line = output.readLine();
        }
        return line == null ? "the end" : line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
