package io.pgproxy.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the first request of a connection and ignores whatever else comes; the connection ends after the answer. So a
 * client can't have answers pile up that it does not read. One for each connection; confined to the admin thread, but
 * for the answer to an order, which is written by whichever thread has it.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
    private static final String ALLOWED = "GET, HEAD";
    private static final String SCHEME = "http://";

    private final Pages pages;
    private final Orders orders;
    private final MeterRegistry registry;
    private boolean answered;

    AdminHandler(Pages pages, Orders orders, MeterRegistry registry) {
        this.pages = pages;
        this.orders = orders;
        this.registry = registry;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (answered || !(message instanceof HttpRequest request)) {
            return;
        }
        answered = true;
        answer(request).exceptionally(failure -> failed(request, failure)).thenAccept(answer -> {
            count(answer.status());
            ctx.writeAndFlush(response(ctx, answer)).addListener((ChannelFuture written) -> finish(written));
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("admin connection of {} failed", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }

    /** Completes on any thread; most answers are there at once. */
    private CompletionStage<Answer> answer(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return done(refusal(request.decoderResult().cause()));
        }
        String path = path(request.uri());
        String allowed = orders.have(path) ? orders.method(path) : ALLOWED;
        if (!List.of(allowed.split(", ")).contains(request.method().name())) {
            return done(Answer.onlyBy(allowed));
        }
        try {
            return orders.have(path) ? orders.carryOut(path, request.uri()) : done(pages.answer(path));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletionStage<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Answer failed(HttpRequest request, Throwable failure) {
        LOG.error("cannot answer {}", path(request.uri()), failure);
        return Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "This failed; the log says why.\n");
    }

    private static Answer refusal(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Answer.text(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.\n");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Answer.text(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large.\n");
        }
        return Answer.text(HttpResponseStatus.BAD_REQUEST, "This is not HTTP.\n");
    }

    /** A target may also come with the host in front, which is not looked at (RFC 9112, 3.2.2). */
    private static String path(String target) {
        int query = target.indexOf('?');
        String uri = query < 0 ? target : target.substring(0, query);
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return uri;
        }
        int slash = uri.indexOf('/', SCHEME.length());
        return slash < 0 ? "/" : uri.substring(slash);
    }

    /** To HEAD the encoder sends all of it but the body. */
    private static FullHttpResponse response(ChannelHandlerContext ctx, Answer answer) {
        ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), answer.body());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        headers.set("x-content-type-options", "nosniff");
        // The page needs its own style and nothing else, so nothing else gets a chance.
        headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'");
        answer.allowed().ifPresent(methods -> headers.set(HttpHeaderNames.ALLOW, methods));
        return response;
    }

    /**
     * Says that no more will come but goes on reading: a close with a request body still unread would be a reset, which
     * can overtake the answer. The client closes, or {@link ConnectionLimits} does.
     */
    private static void finish(ChannelFuture written) {
        if (written.isSuccess() && written.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        } else {
            written.channel().close();
        }
    }

    private void count(HttpResponseStatus status) {
        Counter.builder("pgproxy.admin.requests")
                .description("Requests to the admin port that were answered")
                .tag("status", status.codeAsText().toString())
                .register(registry)
                .increment();
    }
}
