package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;

/**
 * Ends a connection by a reset. A FIN queues up behind what the other end has not taken yet, and must be acknowledged;
 * where the address of our end is about to go there is no time for either, and the other end would hear nothing.
 */
final class Reset {
    private Reset() {}

    static void of(Channel channel) {
        insteadOfClose(channel);
        channel.close();
    }

    /** The next close will be a reset. */
    static void insteadOfClose(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException gone) {
            // its other end was faster, and hears nothing of a close that comes now
        }
    }
}
