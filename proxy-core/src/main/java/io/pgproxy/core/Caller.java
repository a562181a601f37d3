package io.pgproxy.core;

import io.netty.channel.Channel;

/**
 * A client that has been let in, as it is handed from its opening to its relay. Confined to the client's event loop.
 *
 * @param acceptedNanos the monotonic time at which its connection was accepted
 */
record Caller(Channel channel, Client client, ConnectionPlace place, long acceptedNanos) {}
