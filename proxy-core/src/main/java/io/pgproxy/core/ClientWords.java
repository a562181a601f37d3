package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.pgproxy.core.FirstPacket.Kind;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a client has said that was not answered yet, and what may follow it. A pure machine of bytes; it belongs to one
 * {@link Opening}.
 */
final class ClientWords {
    /** A startup packet is 10 KB at most, a TLS record 16 KB. */
    private static final int MAX_UNANSWERED_BYTES = 32 * 1024;
    /** What comes behind would be read as if encryption had protected it (CVE-2021-23214). */
    private static final Said FOLLOWS_REQUEST = Said.violation("bytes follow the request for encryption");

    private final EarlyBytes received = new EarlyBytes();
    private final Set<Kind> encryptionAsked = EnumSet.noneOf(Kind.class);
    private Kind request = Kind.INCOMPLETE;
    private int requestBytes;
    private boolean promised;

    /** What the newest bytes have made of it all. */
    enum What {
        /** There is nothing to do yet, or nothing new. */
        NOTHING,
        /** A packet is whole that wants a backend's answer. */
        REQUEST,
        /** A packet is whole that wants to be delivered. */
        CANCEL,
        /** A PROXY header, which is not taken from there: a violation, but one that an operator can mend. */
        HEADER,
        /** The client must not say that, or not so. */
        VIOLATION
    }

    /**
     * A conclusion.
     *
     * @param violation what is wrong, as the client is told; otherwise empty
     */
    record Said(What what, String violation) {
        private static final Said NOTHING = new Said(What.NOTHING, "");
        private static final Said REQUEST = new Said(What.REQUEST, "");
        private static final Said CANCEL = new Said(What.CANCEL, "");
        private static final Said HEADER = new Said(What.HEADER, "no PROXY header is taken from this address");

        static Said violation(String text) {
            return new Said(What.VIOLATION, text);
        }
    }

    /** Takes bytes, which become ours, while the next packet is waited for. */
    Said listen(ByteBuf bytes) {
        return keep(bytes) ? classify() : tooMuch();
    }

    /** Takes bytes, which become ours, that came behind the packet and before its answer. */
    Said more(ByteBuf bytes) {
        if (request.asksForEncryption()) {
            bytes.release();
            return FOLLOWS_REQUEST;
        }
        return keep(bytes) ? Said.NOTHING : tooMuch();
    }

    private boolean keep(ByteBuf bytes) {
        boolean fits = received.length() + bytes.readableBytes() <= MAX_UNANSWERED_BYTES;
        if (fits) {
            received.add(bytes);
        } else {
            bytes.release();
        }
        return fits;
    }

    private static Said tooMuch() {
        return Said.violation("more than 32 KB came before the first answer");
    }

    private Said classify() {
        FirstPacket packet = FirstPacket.of(received.view());
        return switch (packet.kind()) {
            case INCOMPLETE -> Said.NOTHING;
            case GARBAGE -> Said.violation("this is not a PostgreSQL startup packet");
            case PROXY_HEADER -> Said.HEADER;
            case CANCEL_REQUEST -> {
                request = packet.kind();
                received.cutTo(packet.length());
                yield Said.CANCEL;
            }
            case SSL_REQUEST, GSSENC_REQUEST -> askForEncryption(packet);
            case STARTUP_MESSAGE, DIRECT_TLS -> {
                request = packet.kind();
                requestBytes = packet.length();
                yield Said.REQUEST;
            }
        };
    }

    private Said askForEncryption(FirstPacket packet) {
        request = packet.kind();
        if (received.length() > packet.length()) {
            return FOLLOWS_REQUEST;
        }
        return encryptionAsked.add(request) ? Said.REQUEST : Said.violation("the same encryption was asked for twice");
    }

    /**
     * The client was told that TLS is granted, and no backend has said so yet. What comes from here on is kept, and
     * goes on as it came to a backend that has granted TLS itself; nothing is made of it but whose fault a silence is.
     */
    void promise() {
        received.clear();
        request = Kind.DIRECT_TLS;
        promised = true;
    }

    /** Whether a backend has to grant TLS before it may hear any of this. */
    boolean needAGrant() {
        return promised;
    }

    /** Whether there is anything to be said to a backend. */
    boolean areThere() {
        return received.length() > 0;
    }

    /** What the client waits for an answer to; INCOMPLETE if it has not said so. */
    Kind request() {
        return request;
    }

    /** Whether it speaks TLS, as far as can be seen; plaintext would only break its handshake. */
    boolean areTls() {
        return promised || FirstPacket.isTls(received.view());
    }

    /** Whether bytes behind the packet belong to what was asked: the records of one TLS hello may be several. */
    boolean mayGoOn() {
        return request == Kind.DIRECT_TLS;
    }

    /** Whether more has to come before any server can answer, though the packet is whole. */
    boolean lackTheirEnd() {
        return request == Kind.DIRECT_TLS && !FirstPacket.isTlsHelloWhole(received.view());
    }

    /**
     * What a server is asked with; the caller releases it. A startup packet goes alone: no server needs what comes
     * behind it before it has answered, but one that trusts the client could act upon it and be gone before we hear of
     * that, and then another would be told the same.
     */
    ByteBuf copy() {
        ByteBuf all = received.copy();
        return request == Kind.STARTUP_MESSAGE ? all.writerIndex(all.readerIndex() + requestBytes) : all;
    }

    /** What was kept back from the server that has answered; the caller releases it. */
    ByteBuf copyBehindThePacket() {
        ByteBuf all = received.copy();
        return all.skipBytes(request == Kind.STARTUP_MESSAGE ? requestBytes : all.readableBytes());
    }

    /** Whether the answer to them, and all that follows it, is messages that can be counted. */
    boolean areAnsweredInMessages() {
        return request == Kind.STARTUP_MESSAGE && StartupPacket.isAnsweredInMessages(received.view(), requestBytes);
    }

    /** What was asked for has its answer, and the next packet may come. */
    void answered() {
        received.clear();
        request = Kind.INCOMPLETE;
    }

    void clear() {
        received.clear();
    }
}
