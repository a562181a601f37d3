package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.Acknowledgement;
import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.AddressRequests;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.NetlinkMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jnr.constants.platform.Errno;

/**
 * The kernel's list of addresses: put one on for a time, take it away, look. Every call waits for the kernel's answer,
 * which is there at once unless the kernel itself waits for its lock; nothing can bound that wait, which is why
 * {@link Fuse} exists. One descriptor. Confined to one thread.
 */
public final class AddressTable implements AutoCloseable {
    /** A list that is longer than this is no host's. */
    private static final int MAX_MESSAGES = 100_000;

    /** A list that changed while it was read may lack what was there all the time, so it is read again. */
    private static final int DUMP_ATTEMPTS = 4;

    /** Who cannot do it in this time is not to have an address. */
    private static final long REHEARSAL_NANOS = 60_000_000_000L;

    private static final InetAddress NOBODY = new InetSocketAddress(0).getAddress();

    private static final int POLL_BYTES = 8;
    private static final short POLL_IN = 1;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final Kernel kernel;
    private final NetlinkSocket socket;
    private final long answerNanos;
    private int sequence;

    /** @param answerNanos how long to wait for each answer before it counts as a failure */
    public AddressTable(Kernel kernel, long answerNanos) throws KernelException {
        this(kernel, new NetlinkSocket(kernel, "the kernel's list of addresses", 0), answerNanos);
    }

    AddressTable(Kernel kernel, NetlinkSocket socket, long answerNanos) {
        this.kernel = kernel;
        this.socket = socket;
        this.answerNanos = answerNanos;
    }

    /**
     * Puts the address on the link, marked as ours, for so many seconds from now; renews it if it is there with this
     * prefix length. What the kernel has dropped meanwhile is put on anew, so a call that comes late raises the dead.
     * After a failure that has no errno nobody knows whether it is there.
     */
    public void put(Link link, InetAddress address, int prefixLength, int lifetimeSeconds) throws KernelException {
        String operation = "put " + text(link, address, prefixLength) + " for " + lifetimeSeconds + " s";
        int number = ++sequence;
        ask(operation, number, AddressRequests.put(number, link.index(), address, prefixLength, lifetimeSeconds));
    }

    /**
     * The same by that moment or not at all. The fuse is armed only while the kernel acts, which it has done when the
     * request is sent; what comes before and after may take as long as it likes on a machine that is busy.
     *
     * @param atNanos when to end the process, of {@link System#nanoTime()}
     * @return false if too little time is left, and nothing was done
     */
    boolean put(Place place, int lifetimeSeconds, Fuse fuse, long atNanos) throws KernelException {
        String operation =
                "put " + text(place.link(), place.address(), place.prefixLength()) + " for " + lifetimeSeconds + " s";
        int number = ++sequence;
        byte[] request = AddressRequests.put(
                number, place.link().index(), place.address(), place.prefixLength(), lifetimeSeconds);
        return askGuarded(operation, number, request, fuse, atNanos);
    }

    private boolean askGuarded(String operation, int number, byte[] request, Fuse fuse, long atNanos)
            throws KernelException {
        ByteBuffer prepared = Kernel.buffer(request);
        if (!fuse.guard(atNanos, () -> socket.send(operation, prepared))) {
            return false;
        }
        answer(operation, number);
        return true;
    }

    /**
     * Takes the address away.
     *
     * @return false if it was not there, or its link was not
     */
    public boolean delete(Link link, InetAddress address, int prefixLength) throws KernelException {
        return delete("delete " + text(link, address, prefixLength), link.index(), address, prefixLength);
    }

    /** Takes away what the list showed. */
    public boolean delete(AddressEntry entry) throws KernelException {
        return delete(
                "delete " + entry,
                entry.linkIndex(),
                entry.address(),
                entry.subnet().prefixLength());
    }

    private boolean delete(String operation, int linkIndex, InetAddress address, int prefixLength)
            throws KernelException {
        int number = ++sequence;
        try {
            ask(operation, number, AddressRequests.delete(number, linkIndex, address, prefixLength));
            return true;
        } catch (KernelException e) {
            if (e.isBecause(Errno.EADDRNOTAVAIL) || e.isBecause(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Fails where the right to change the list is missing. Changes nothing: no link has the number 0. It goes the way of
     * {@link #put(Place, int, Fuse, long)}, so that no class is loaded on the first real way, with the fuse armed: on a
     * busy machine that takes longer than a fuse may burn. The way of a deletion is gone as well, since clients wait for
     * the first one too.
     */
    void rehearse(Fuse fuse) throws KernelException {
        int number = ++sequence;
        byte[] request = AddressRequests.put(number, 0, NOBODY, 8 * NOBODY.getAddress().length, 1);
        try {
            askGuarded("change the list of addresses", number, request, fuse, System.nanoTime() + REHEARSAL_NANOS);
        } catch (KernelException e) {
            if (!e.isBecause(Errno.ENODEV)) {
                throw e;
            }
        }
        delete("change the list of addresses", 0, NOBODY, 8 * NOBODY.getAddress().length);
    }

    private static String text(Link link, InetAddress address, int prefixLength) {
        return address.getHostAddress() + "/" + prefixLength + " on " + link.name();
    }

    /** All addresses of the host, of both families. */
    public List<AddressEntry> dump() throws KernelException {
        return list("list the addresses", AddressRequests::listAddresses).stream()
                .filter(message -> message.type() == AddressEntry.NEW)
                .flatMap(message -> AddressEntry.read(message).stream())
                .toList();
    }

    /** What the host has of these addresses, on any link, with any prefix length, put on by anybody. */
    public List<AddressEntry> dump(Collection<InetAddress> wanted) throws KernelException {
        return dump().stream().filter(entry -> wanted.contains(entry.address())).toList();
    }

    public List<Link> links() throws KernelException {
        return list("list the links", AddressRequests::listLinks).stream()
                .filter(message -> message.type() == Link.NEW)
                .flatMap(message -> Link.read(message).stream())
                .toList();
    }

    public Optional<Link> link(String name) throws KernelException {
        return links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /**
     * The links whose subnet the address is in, by the longest prefix; more than one is for the operator to decide. An
     * address that stands for itself alone, such as a virtual one, is nobody's subnet.
     */
    public List<Link> linksAround(InetAddress address) throws KernelException {
        List<AddressEntry> around = dump().stream()
                .filter(entry -> !entry.subnet().isHost() && entry.subnet().holds(address))
                .toList();
        int longest = around.stream()
                .map(entry -> entry.subnet().prefixLength())
                .max(Comparator.naturalOrder())
                .orElse(0);
        List<Integer> indexes = around.stream()
                .filter(entry -> entry.subnet().prefixLength() == longest)
                .map(AddressEntry::linkIndex)
                .collect(Collectors.toList());
        return links().stream().filter(link -> indexes.contains(link.index())).toList();
    }

    /** What is asked in one turn, with the number by which its answer is known. */
    private interface Request {
        byte[] bytes(int sequence);
    }

    private List<NetlinkMessage> list(String operation, Request request) throws KernelException {
        List<NetlinkMessage> messages = List.of();
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            int number = ++sequence;
            messages = ask(operation, number, request.bytes(number));
            if (messages.stream().noneMatch(AddressTable::isInterrupted)) {
                return messages;
            }
        }
        throw new KernelException(operation, "it changed while it was read, " + DUMP_ATTEMPTS + " times");
    }

    private static boolean isInterrupted(NetlinkMessage message) {
        return (message.flags() & NetlinkMessage.FLAG_DUMP_INTERRUPTED) != 0;
    }

    /** Sends, and gathers what answers that number until the kernel says that this was all. */
    private List<NetlinkMessage> ask(String operation, int number, byte[] request) throws KernelException {
        socket.send(operation, Kernel.buffer(request));
        return answer(operation, number);
    }

    private List<NetlinkMessage> answer(String operation, int number) throws KernelException {
        long deadline = System.nanoTime() + answerNanos;
        List<NetlinkMessage> answer = new ArrayList<>();
        while (true) {
            for (NetlinkMessage message : next(operation, deadline)) {
                // An answer that we no longer waited for may still lie before ours.
                if (message.sequence() == number) {
                    answer.add(message);
                    if (isLast(operation, message)) {
                        return answer;
                    }
                }
            }
            if (answer.size() > MAX_MESSAGES) {
                throw new KernelException(operation, "more than " + MAX_MESSAGES + " messages");
            }
        }
    }

    private static boolean isLast(String operation, NetlinkMessage message) throws KernelException {
        return switch (message.type()) {
            case NetlinkMessage.OVERRUN -> throw new KernelException(operation, "the kernel lost some of its answer");
            case NetlinkMessage.ERROR, NetlinkMessage.DONE -> {
                Acknowledgement verdict = Acknowledgement.read(message)
                        .orElseThrow(() -> new KernelException(operation, "the kernel's verdict is not whole"));
                if (verdict.errno() != 0) {
                    throw new KernelException(operation, verdict.errno(), verdict.text());
                }
                yield true;
            }
            default -> false;
        };
    }

    private List<NetlinkMessage> next(String operation, long deadline) throws KernelException {
        ByteBuffer readable = Kernel.buffer(POLL_BYTES);
        readable.putInt(socket.descriptor()).putShort(POLL_IN).rewind();
        while (true) {
            Optional<List<NetlinkMessage>> messages = socket.receive(operation);
            if (messages.isPresent()) {
                return messages.get();
            }
            long leftNanos = deadline - System.nanoTime();
            if (leftNanos <= 0) {
                throw new KernelException(operation, "no answer within " + answerNanos / NANOS_PER_MILLI + " ms");
            }
            kernel.poll(readable, 1, (int) (leftNanos / NANOS_PER_MILLI) + 1);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
