package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The orders by their paths, and whether they are carried out for those who came this way. Immutable. */
final class Orders {
    private final Map<String, Order> orders;
    private final Path socket;
    private final boolean heeded;

    private Orders(Map<String, Order> orders, Path socket, boolean heeded) {
        this.orders = Map.copyOf(orders);
        this.socket = socket;
        this.heeded = heeded;
    }

    /** For those who came by the socket. */
    static Orders heeded(Map<String, Order> orders, Path socket) {
        return new Orders(orders, socket, true);
    }

    /** For those who came over the network, whom nobody has let in. */
    static Orders refused(Map<String, Order> orders, Path socket) {
        return new Orders(orders, socket, false);
    }

    boolean have(String path) {
        return orders.containsKey(path);
    }

    /** @param path of an order that there is */
    Answer carryOut(String path) {
        if (!heeded) {
            return Answer.text(HttpResponseStatus.FORBIDDEN, "Only over the socket " + socket + ".\n");
        }
        try {
            return Answer.text(
                    HttpResponseStatus.OK,
                    Objects.requireNonNull(orders.get(path)).carryOut() + "\n");
        } catch (Order.RefusedException e) {
            return Answer.text(HttpResponseStatus.CONFLICT, e.getMessage() + "\n");
        }
    }
}
