package io.pgproxy.core;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages of PostgreSQL's protocol, as a client or a server sends them. */
final class Packets {
    static final int SSL = 80877103;
    static final int GSSENC = 80877104;
    static final int CANCEL = 80877102;
    static final int VERSION_3_0 = 196608;

    private Packets() {}

    static byte[] sslRequest() {
        return packet(SSL, new byte[0]);
    }

    static byte[] gssencRequest() {
        return packet(GSSENC, new byte[0]);
    }

    static byte[] startup(String user) {
        return packet(VERSION_3_0, ("user\0" + user + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    /** With a key of that many bytes, each of them 7. */
    static byte[] cancel(int pid, int keyBytes) {
        ByteBuffer body = ByteBuffer.allocate(4 + keyBytes).putInt(pid);
        while (body.hasRemaining()) {
            body.put((byte) 7);
        }
        return packet(CANCEL, body.array());
    }

    /** A TLS handshake's first message, whole in one record; what it says does not matter to a proxy. */
    static byte[] clientHello() {
        return new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 9};
    }

    static byte[] packet(int code, byte[] body) {
        return ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .putInt(code)
                .put(body)
                .array();
    }

    /** AuthenticationOk: the first thing that a willing server says. */
    static byte[] authenticationOk() {
        return new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 0};
    }

    /** BackendKeyData with the key that {@link #cancel} brings back. */
    static byte[] backendKeyData(int pid, int keyBytes) {
        ByteBuffer message = ByteBuffer.allocate(9 + keyBytes)
                .put((byte) 'K')
                .putInt(8 + keyBytes)
                .putInt(pid);
        while (message.hasRemaining()) {
            message.put((byte) 7);
        }
        return message.array();
    }

    /** ParameterStatus. */
    static byte[] parameterStatus(String name, String value) {
        byte[] body = (name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 'S')
                .putInt(4 + body.length)
                .put(body)
                .array();
    }

    /** ReadyForQuery, in no transaction. */
    static byte[] readyForQuery() {
        return new byte[] {'Z', 0, 0, 0, 5, 'I'};
    }

    /** An ErrorResponse, written here anew so that no codec is checked against itself. */
    static byte[] error(String sqlState, String message) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (String field : new String[] {"SFATAL", "VFATAL", "C" + sqlState, "M" + message}) {
            fields.writeBytes(field.getBytes(StandardCharsets.UTF_8));
            fields.write(0);
        }
        fields.write(0);
        return ByteBuffer.allocate(5 + fields.size())
                .put((byte) 'E')
                .putInt(4 + fields.size())
                .put(fields.toByteArray())
                .array();
    }
}
