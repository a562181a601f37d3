package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.io.BufferedReader;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the address when its holder can do nothing any more; the host itself lives on. */
@Timeout(60)
class HolderEndsKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");

    /** Half a second is usual; where other addresses change just then it may take longer (docs/VIP.md). */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final AddressNews news = new AddressNews();
    private AddressEvents events;
    private Process holder;
    private BufferedReader says;

    @BeforeEach
    void hold() throws Exception {
        events = hosts.open(new AddressEvents(hosts.kernel(), news));
        holder = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KernelAddressChild.class.getName(),
                        VIP.getHostAddress())
                .redirectError(Redirect.INHERIT)
                .start();
        says = holder.inputReader();
    }

    @AfterEach
    void end() {
        holder.destroyForcibly();
    }

    private void awaitTouched() throws Exception {
        assertThat(says.readLine()).isEqualTo("touched: true");
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(holder.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private List<InetAddress> present() throws KernelException {
        return hosts.table().dump().stream()
                .filter(AddressEntry::isOurs)
                .map(AddressEntry::address)
                .toList();
    }

    /** How long it was there, for the one that touched it last before that time. */
    private long awaitDropped(long touchedNanos) throws KernelException {
        Awaiting.until(hosts.kernel(), events, "the kernel drops the address", () -> news.gone.contains(VIP));
        return news.lastNanos - touchedNanos;
    }

    @Test
    void theKernelDropsTheAddressOfAFrozenHolderWhichMayGoOnLater() throws Exception {
        awaitTouched();
        signal("STOP");
        long frozenNanos = System.nanoTime();
        assertThat(present()).as("just after the freeze").containsExactly(VIP);

        long lifetime = TimeUnit.SECONDS.toNanos(KernelAddressChild.LIFETIME_SECONDS);
        assertThat(awaitDropped(frozenNanos)).isLessThan(lifetime + LATE_NANOS);
        assertThat(present()).isEmpty();

        signal("CONT");
        holder.getOutputStream().write('\n');
        holder.getOutputStream().flush();
        awaitTouched();
        assertThat(present()).containsExactly(VIP);
    }

    @Test
    void theKernelDropsTheAddressOfAKilledHolderAndNotBeforeItsTime() throws Exception {
        long startNanos = System.nanoTime();
        awaitTouched();
        holder.destroyForcibly().waitFor();
        long deadNanos = System.nanoTime();
        assertThat(present()).as("just after the kill").containsExactly(VIP);

        long lifetime = TimeUnit.SECONDS.toNanos(KernelAddressChild.LIFETIME_SECONDS);
        assertThat(awaitDropped(startNanos)).isGreaterThan(lifetime - EARLY_NANOS);
        assertThat(news.lastNanos - deadNanos).isLessThan(lifetime + LATE_NANOS);
        assertThat(present()).isEmpty();
    }

    /** What a stop-post step does: no need to wait for the kernel. */
    @Test
    void theNextProcessOnTheHostTakesOffWhatAKilledHolderLeft() throws Exception {
        awaitTouched();
        holder.destroyForcibly().waitFor();

        KernelAddress next =
                hosts.open(new KernelAddress(hosts.kernel(), List.of(VIP), Optional.empty(), new AddressDiary()));

        assertThat(next.isPresent()).isTrue();
        assertThat(next.delete()).isTrue();
        assertThat(present()).isEmpty();
    }
}
