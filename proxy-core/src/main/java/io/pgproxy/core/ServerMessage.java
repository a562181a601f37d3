package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;

/**
 * The few bytes that we say in a server's name, and the one message of a server that we read. Pure bytes and values.
 */
final class ServerMessage {
    /** Answers SSLRequest and GSSENCRequest: not encrypted. */
    static final byte DECLINED = 'N';

    /** Answers GSSENCRequest: encrypted from here on. */
    static final byte GSS_GRANTED = 'G';

    private static final int SSL_REQUEST_BYTES = 8;
    private static final int SSL_REQUEST_CODE = 80877103;

    private static final byte ERROR_RESPONSE = 'E';
    /** type, length, at least the closing zero. */
    private static final int MIN_ERROR_BYTES = 6;
    /** A server's refusal is a line or two; a "message" beyond this is not one that we wait for. */
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private ServerMessage() {}

    /** What a refused client is told. */
    static ByteBuf fatal(Refused refused) {
        return fatal(refused.reason().sqlState(), "pgproxy: " + refused.text());
    }

    /**
     * An ErrorResponse of severity FATAL, as protocol 3 has it; libpq and the JDBC driver show {@code message} as it
     * is.
     */
    static ByteBuf fatal(String sqlState, String message) {
        ByteBuf out = Unpooled.buffer(64 + message.length());
        out.writeByte(ERROR_RESPONSE).writeInt(0);
        field(out, 'S', "FATAL");
        field(out, 'V', "FATAL");
        field(out, 'C', sqlState);
        field(out, 'M', message);
        out.writeByte(0);
        return out.setInt(1, out.readableBytes() - 1);
    }

    private static void field(ByteBuf out, char type, String value) {
        out.writeByte(type);
        out.writeCharSequence(value.replace('\0', ' '), CharsetUtil.UTF_8);
        out.writeByte(0);
    }

    /** Declines encryption. */
    static ByteBuf declined() {
        return answer(TlsAnswer.DECLINED);
    }

    /** The one byte that a server answers SSLRequest with. */
    static ByteBuf answer(TlsAnswer answer) {
        return Unpooled.wrappedBuffer(new byte[] {answer.letter()});
    }

    /** Asks a server for TLS, as the client has asked us. */
    static ByteBuf sslRequest() {
        return Unpooled.buffer(SSL_REQUEST_BYTES).writeInt(SSL_REQUEST_BYTES).writeInt(SSL_REQUEST_CODE);
    }

    /** A fatal TLS alert, internal_error (RFC 8446, 6.2): all that a client in a TLS handshake can be told. */
    static ByteBuf tlsAlert() {
        return Unpooled.wrappedBuffer(new byte[] {0x15, 0x03, 0x03, 0, 2, 2, 80});
    }

    /** Whether a server's answer begins like an ErrorResponse that is not whole yet. */
    static boolean isPartOfError(ByteBuf answer) {
        int start = answer.readerIndex();
        int readable = answer.readableBytes();
        if (readable == 0 || answer.getByte(start) != ERROR_RESPONSE) {
            return false;
        }
        if (readable < 5) {
            return true;
        }
        int length = answer.getInt(start + 1);
        return length >= MIN_ERROR_BYTES - 1 && length < MAX_ERROR_BYTES && readable < length + 1;
    }

    /** The SQLSTATE of a whole ErrorResponse at the beginning of a server's answer; empty if it is none. */
    static String sqlStateOf(ByteBuf answer) {
        return fieldOf(answer, 'C');
    }

    /** The text of a whole ErrorResponse at the beginning of a server's answer; empty if it is none. */
    static String messageOf(ByteBuf answer) {
        return fieldOf(answer, 'M');
    }

    private static String fieldOf(ByteBuf answer, char wanted) {
        int start = answer.readerIndex();
        if (answer.readableBytes() < MIN_ERROR_BYTES || answer.getByte(start) != ERROR_RESPONSE) {
            return "";
        }
        int length = answer.getInt(start + 1);
        if (length < MIN_ERROR_BYTES - 1 || length > answer.readableBytes() - 1) {
            return "";
        }
        int at = start + 5;
        int end = start + 1 + length;
        while (at < end && answer.getByte(at) != 0) {
            int zero = answer.indexOf(at + 1, end, (byte) 0);
            if (zero < 0) {
                return "";
            }
            if (answer.getByte(at) == wanted) {
                return answer.toString(at + 1, zero - at - 1, CharsetUtil.UTF_8);
            }
            at = zero + 1;
        }
        return "";
    }
}
