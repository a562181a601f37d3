package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * Sends a refused client away: in PostgreSQL's own way as long as not too many are being told at once, else as shortly
 * as it goes. A flood of refused clients must be cheap. Confined to the client's event loop.
 */
final class Farewell {
    private Farewell() {}

    /**
     * Puts a {@link Refusal} in the handler's place, or closes.
     *
     * @param instead what handles the client so far; null if nothing does
     */
    static void say(
            Channel client,
            @Nullable ChannelHandler instead,
            Refused refused,
            Refusal.Manner manner,
            Admission admission) {
        Places places = hasWaited(refused.reason()) ? admission.disappointments() : admission.refusals();
        if (places.take()) {
            client.closeFuture().addListener(closed -> places.giveBack());
            Refusal refusal = new Refusal(refused, manner);
            if (instead == null) {
                client.pipeline().addLast(refusal);
            } else {
                client.pipeline().replace(instead, null, refusal);
            }
        } else if (manner == Refusal.Manner.AT_ONCE) {
            client.writeAndFlush(ServerMessage.fatal(refused)).addListener(ChannelFutureListener.CLOSE);
        } else {
            client.close();
        }
    }

    /** Many of them may end at one moment, and nobody could make them more: there was a limit on waiting already. */
    private static boolean hasWaited(CloseReason reason) {
        return reason == CloseReason.HOLD_EXPIRED || reason == CloseReason.SHUTDOWN;
    }
}
