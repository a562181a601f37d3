package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * Sends a refused client away: in PostgreSQL's own way as long as not too many are being told at once, else as shortly
 * as it goes. A flood of refused clients must be cheap. Confined to the client's event loop.
 *
 * @param source whose client it is, as far as is known
 */
record Farewell(Channel client, Source source, Listener listener, RelayLoop loop) {
    /**
     * Puts a {@link Refusal} in the handler's place, or closes.
     *
     * @param instead what handles the client so far; null if nothing does
     */
    void say(@Nullable ChannelHandler instead, Refused refused, Refusal.Manner manner) {
        if (isWorthAHearing(refused.reason()) && takePlace(refused.reason())) {
            Refusal refusal = new Refusal(refused, manner, listener, loop);
            if (instead == null) {
                client.pipeline().addLast(refusal);
            } else {
                client.pipeline().replace(instead, null, refusal);
            }
        } else {
            sayShortly(refused, manner);
        }
    }

    /** Who had time to speak and did not use it gets no more of it: such clients cost an attacker next to nothing. */
    private static boolean isWorthAHearing(CloseReason reason) {
        return reason != CloseReason.STARTUP_TIMEOUT;
    }

    /** Takes a place until the client's connection is closed. */
    private boolean takePlace(CloseReason reason) {
        Admission admission = loop.admission();
        return hasWaited(reason)
                ? takeUntilClosed(
                        admission.disappointments().take(),
                        admission.disappointments()::giveBack,
                        listener.disappointmentOverflow())
                : takeUntilClosed(
                        admission.refusals().take(source),
                        () -> admission.refusals().giveBack(source),
                        listener.refusalOverflow());
    }

    private boolean takeUntilClosed(boolean taken, Runnable giveBack, Overflow overflow) {
        if (taken) {
            client.closeFuture().addListener(closed -> giveBack.run());
        } else {
            overflow.add(loop.now());
        }
        return taken;
    }

    /** Many of them may end at one moment, and nobody could make them more: there was a limit on waiting already. */
    private static boolean hasWaited(CloseReason reason) {
        return reason == CloseReason.HOLD_EXPIRED
                || reason == CloseReason.BACKEND_HUNG_UP
                || reason == CloseReason.SHUTDOWN;
    }

    /** Says what needs no answer of the client's, and resets the connections of all others. */
    void sayAtOnce(Refused refused, Refusal.Manner manner) {
        switch (manner) {
            case AT_ONCE, IN_TLS -> sayShortly(refused, manner);
            case HEAR_IT_OUT, DECLINE -> Reset.of(client);
        }
    }

    private void sayShortly(Refused refused, Refusal.Manner manner) {
        switch (manner) {
            case AT_ONCE -> client.writeAndFlush(ServerMessage.fatal(refused)).addListener(ChannelFutureListener.CLOSE);
            case IN_TLS -> client.writeAndFlush(ServerMessage.tlsAlert()).addListener(ChannelFutureListener.CLOSE);
            case HEAR_IT_OUT, DECLINE -> client.close();
        }
    }
}
