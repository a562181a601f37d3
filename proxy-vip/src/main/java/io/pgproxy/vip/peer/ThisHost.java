package io.pgproxy.vip.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The host that the program runs on. Safe from any thread. */
public final class ThisHost implements LocalHost {
    /** Nothing is sent to it; a socket only connects to a port. */
    private static final int ANY_PORT = 9;

    @Override
    public String name() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(); // asks no resolver
        } catch (IOException e) {
            return "localhost";
        }
    }

    @Override
    public boolean has(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    @Override
    public List<InetAddress> addresses(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    @Override
    public Optional<InetAddress> sourceTowards(InetAddress other) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(other, ANY_PORT));
            return channel.getLocalAddress() instanceof InetSocketAddress source
                    ? Optional.of(source.getAddress())
                    : Optional.empty();
        } catch (IOException | UnsupportedAddressTypeException e) {
            return Optional.empty(); // no route to it, or no IPv6 at all
        }
    }
}
