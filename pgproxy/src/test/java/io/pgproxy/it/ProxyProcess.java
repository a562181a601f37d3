package io.pgproxy.it;

/** The proxy's own process, as the kernel sees it. Safe from any thread. */
final class ProxyProcess {
    private final Host proxy;
    private final String pid;

    ProxyProcess(Host proxy) {
        this.proxy = proxy;
        this.pid = proxy.run("lab-service", "pid").orFail();
    }

    long descriptors() {
        return proxy.run("ls", "/proc/" + pid + "/fd").orFail().lines().count();
    }

    long residentKilobytes() {
        return Long.parseLong(proxy.shell("awk '/^VmRSS/ {print $2}' /proc/" + pid + "/status")
                .orFail());
    }
}
