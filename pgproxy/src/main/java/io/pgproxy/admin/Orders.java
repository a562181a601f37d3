package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

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

    /** The only method that the order at that path, which there is, is given by. */
    String method(String path) {
        return switch (at(path).kind()) {
            case CHANGE -> "POST";
            case QUESTION -> "GET";
        };
    }

    /**
     * Carries it out.
     *
     * @param path of an order that there is
     * @param target the path with what is behind it
     * @return completes on any thread; fails if the order failed without having been refused
     */
    CompletionStage<Answer> carryOut(String path, String target) {
        if (!heeded) {
            return done(Answer.text(HttpResponseStatus.FORBIDDEN, "Only over the socket " + socket + ".\n"));
        }
        Order order = at(path);
        try {
            return order.carryOut(Parameters.of(target))
                    .thenApply(text -> answer(order, text))
                    .exceptionally(Orders::lateRefusal);
        } catch (Order.RefusedException e) {
            return done(refusal(e));
        }
    }

    private Order at(String path) {
        return Objects.requireNonNull(orders.get(path));
    }

    private static CompletionStage<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Answer answer(Order order, String text) {
        return switch (order.kind()) {
            case CHANGE -> Answer.text(HttpResponseStatus.OK, text + "\n");
            case QUESTION -> Answer.json(text);
        };
    }

    private static Answer lateRefusal(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() instanceof Order.RefusedException late) {
            return refusal(late);
        }
        if (failure instanceof Order.RefusedException refused) {
            return refusal(refused);
        }
        throw new CompletionException(failure);
    }

    private static Answer refusal(Order.RefusedException refused) {
        HttpResponseStatus status =
                refused.isMisunderstood() ? HttpResponseStatus.BAD_REQUEST : HttpResponseStatus.CONFLICT;
        return Answer.text(status, refused.getMessage() + "\n");
    }
}
