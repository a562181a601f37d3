package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReceiveLoopKernelTest {
    private static final Inet4Address FAR = (Inet4Address) Addresses.of("192.168.50.12");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private Neighbourhood<Inet4Address> arp(boolean failsAtFirst) throws KernelException {
        return hosts.open(
                new Neighbourhood<>(hosts.kernel(), hosts.near0(), new Arp(), List.of(FAR), new Sighting.Listener() {
                    private boolean fails = failsAtFirst;

                    @Override
                    public void seen(Sighting sighting) {
                        told.add(sighting.address().getHostAddress() + " on "
                                + Thread.currentThread().getName());
                        if (fails) {
                            fails = false;
                            throw new IllegalStateException("a listener's mistake, planted");
                        }
                    }

                    @Override
                    public void missed(long packets, long readNanos) {}
                }));
    }

    private AddressEvents events() throws KernelException {
        return hosts.open(new AddressEvents(hosts.kernel(), new AddressNews() {
            @Override
            public void addressPut(AddressEntry entry, long readNanos) {
                told.add(entry.address().getHostAddress());
            }
        }));
    }

    private void deaf() {
        told.add("deaf");
    }

    private String next() throws InterruptedException {
        String next = told.poll(5, TimeUnit.SECONDS);
        return next == null ? "nothing within 5 s" : next;
    }

    @Test
    void readsWhicheverSocketHasSomething() throws Exception {
        Neighbourhood<Inet4Address> arp = arp(false);
        hosts.open(new ReceiveLoop(hosts.kernel(), "ears", List.of(events(), arp), this::deaf));

        arp.probe(FAR);
        assertThat(next()).isEqualTo("192.168.50.12 on ears");

        InetAddress vip = Addresses.of("192.168.50.10");
        hosts.table().put(hosts.near0(), vip, 32, 30);
        assertThat(next()).isEqualTo("192.168.50.10");
    }

    @Test
    void hearsOnAfterAListenersMistake() throws Exception {
        Neighbourhood<Inet4Address> arp = arp(true);
        hosts.open(new ReceiveLoop(hosts.kernel(), "ears", List.of(arp), this::deaf));

        arp.probe(FAR);
        assertThat(next()).isEqualTo("192.168.50.12 on ears");

        arp.probe(FAR);
        assertThat(next()).isEqualTo("192.168.50.12 on ears");
    }

    @Test
    void saysSoWhenItEndsByItself() throws Exception {
        Receiver broken = new Receiver() {
            @Override
            public int descriptor() {
                throw new IllegalStateException("a mistake, planted");
            }

            @Override
            public boolean receive() {
                return true;
            }
        };
        hosts.open(new ReceiveLoop(hosts.kernel(), "ears", List.of(broken), this::deaf));

        assertThat(next()).isEqualTo("deaf");
    }

    @Test
    void triesAgainWhatCouldNotBeRead() throws Exception {
        AddressEvents events = hosts.open(new AddressEvents(hosts.kernel(), new AddressNews() {
            @Override
            public void eventsLost(long readNanos) throws KernelException {
                super.eventsLost(readNanos);
                told.add("look " + losses);
                if (losses == 1) {
                    throw new KernelException("look", "planted");
                }
            }
        }));
        for (int i = 0; i < 2_000; i++) {
            hosts.table().put(hosts.near0(), FAR, 32, 30);
        }

        hosts.open(new ReceiveLoop(hosts.kernel(), "ears", List.of(events), this::deaf));

        assertThat(next()).isEqualTo("look 1");
        assertThat(next()).isEqualTo("look 2");
    }

    @Test
    void tellsNothingOnceItIsClosed() throws Exception {
        Neighbourhood<Inet4Address> arp = arp(false);
        ReceiveLoop loop = new ReceiveLoop(hosts.kernel(), "ears", List.of(arp), this::deaf);
        loop.close();

        arp.probe(FAR);

        assertThat(told).isEmpty();
        Awaiting.until(hosts.kernel(), arp, "the answer, read by this thread", () -> !told.isEmpty());
        assertThat(next())
                .isEqualTo("192.168.50.12 on " + Thread.currentThread().getName());
    }
}
