package io.pgproxy.health.ask;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.pgproxy.config.HostAndPort;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.util.concurrent.CompletableFuture;

/** One check on its own connection: sends the request, completes the outcome. Confined to its channel's event loop. */
final class HttpCheck extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final NodeConfig node;
    private final CompletableFuture<ProbeOutcome> outcome;

    HttpCheck(NodeConfig node, CompletableFuture<ProbeOutcome> outcome) {
        this.node = node;
        this.outcome = outcome;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        // HTTP/1.0 as Patroni speaks it: no chunks, and the end of the connection is the end of the body.
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/primary", Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, hostHeader())
                .set(HttpHeaderNames.USER_AGENT, "pgproxy")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            outcome.complete(ProbeOutcome.failed(Kind.GARBAGE, "an answer that is not HTTP"));
        } else {
            byte[] body = ByteBufUtil.getBytes(response.content());
            outcome.complete(PatroniAnswerReader.read(response.status().code(), body));
        }
    }

    /**
     * The end of the TLS connection is the end of the body as well. Patroni waits for our goodbye before it closes the
     * socket, so the one who waited for that would wait in vain.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        outcome.complete(ProbeOutcome.failed(Kind.NO_CONNECTION, "connection closed before the answer was complete"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        outcome.complete(CheckFailure.of(cause));
    }

    private String hostHeader() {
        return HostAndPort.text(node.host(), node.patroniPort());
    }
}
