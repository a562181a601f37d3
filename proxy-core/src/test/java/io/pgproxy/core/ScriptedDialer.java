package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Every connect hangs until the test says how it went. */
final class ScriptedDialer implements Dialer {
    final List<Dialed> dials = new ArrayList<>();
    private final MockTicker ticker;
    private boolean broken;

    ScriptedDialer(MockTicker ticker) {
        this.ticker = ticker;
    }

    /** One connect: where to, and the channel that it became. */
    final class Dialed {
        final InetSocketAddress address;
        final EmbeddedChannel channel =
                EmbeddedChannel.builder().ticker(ticker).register(false).build();
        private final ChannelHandler handler;
        private final Promise<Channel> promise;

        Dialed(InetSocketAddress address, ChannelHandler handler, Promise<Channel> promise) {
            this.address = address;
            this.handler = handler;
            this.promise = promise;
        }

        /** The connect succeeds. */
        EmbeddedChannel connects() {
            try {
                channel.register();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            channel.pipeline().addLast(handler);
            if (!promise.trySuccess(channel)) {
                channel.close(); // nobody waits for it any more
            }
            return channel;
        }

        void findsNoSocket() {
            fails(new NoSocket(new IOException("Too many open files")));
        }

        void findsNoPort() {
            fails(new NoPort(new IOException("Cannot assign requested address")));
        }

        void isRefused() {
            fails(new IOException("Connection refused"));
        }

        void fails(Throwable cause) {
            promise.tryFailure(cause);
        }
    }

    /** The next dial throws, as only a mistake of ours could. */
    void breaks() {
        broken = true;
    }

    @Override
    public Future<Channel> dial(EventLoop loop, InetSocketAddress address, ChannelHandler handler) {
        if (broken) {
            broken = false;
            throw new IllegalStateException("a planted mistake");
        }
        Promise<Channel> promise = loop.newPromise();
        dials.add(new Dialed(address, handler, promise));
        return promise;
    }

    Dialed last() {
        return dials.get(dials.size() - 1);
    }
}
