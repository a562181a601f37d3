package io.pgproxy.core;

import static io.pgproxy.core.ProxyHeaders.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyReaderTest {
    private static final byte[] BEFORE =
            concat(Packets.authenticationOk(), Packets.parameterStatus("server_version", "18.0"));

    private final KeyReader reader = new KeyReader();

    private boolean read(byte[]... parts) {
        return reader.read(Unpooled.wrappedBuffer(concat(parts)));
    }

    private static CancelKey inRequest(int pid, int keyBytes) {
        return CancelKey.inRequest(Unpooled.wrappedBuffer(Packets.cancel(pid, keyBytes)));
    }

    /** 4 bytes are the key of protocol 3.0, PostgreSQL 18 gives 32 with 3.2, and 256 are the most that are legal. */
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 32, 255, 256})
    void findsKeysOfEveryLegalLength(int keyBytes) {
        assertThat(read(BEFORE, Packets.backendKeyData(4711, keyBytes), Packets.readyForQuery()))
                .isFalse();
        assertThat(reader.key()).contains(inRequest(4711, keyBytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 257, 1_000})
    void takesNoKeyOfAnIllegalLength(int keyBytes) {
        assertThat(read(BEFORE, Packets.backendKeyData(4711, keyBytes), Packets.backendKeyData(4711, 4)))
                .isFalse();
        assertThat(reader.key()).isEmpty();
    }

    @Test
    void wantsMoreUntilTheKeyIsWhole() {
        byte[] said = concat(BEFORE, Packets.backendKeyData(4711, 32));
        for (int i = 0; i < said.length - 1; i++) {
            assertThat(read(new byte[] {said[i]})).isTrue();
            assertThat(reader.key()).isEmpty();
        }
        assertThat(read(new byte[] {said[said.length - 1]})).isFalse();
        assertThat(reader.key()).contains(inRequest(4711, 32));
    }

    @Test
    void givesUpWhenTheServerIsReadyWithoutAKey() {
        assertThat(read(BEFORE, Packets.readyForQuery())).isFalse();
        assertThat(read(Packets.backendKeyData(4711, 4))).isFalse();
        assertThat(reader.key()).isEmpty();
    }

    @Test
    void keyWithinAnotherMessageIsNone() {
        byte[] key = Packets.backendKeyData(4711, 4);
        byte[] notice = ByteBuffer.allocate(5 + key.length)
                .put((byte) 'N')
                .putInt(4 + key.length)
                .put(key)
                .array();
        assertThat(read(notice, Packets.readyForQuery())).isFalse();
        assertThat(reader.key()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3})
    void givesUpOnALengthThatIsNone(int length) {
        assertThat(read(BEFORE, header('N', length))).isFalse();
        assertThat(read(Packets.backendKeyData(4711, 4))).isFalse();
        assertThat(reader.key()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {KeyReader.MAX_BYTES, Integer.MAX_VALUE})
    void givesUpWhenTheServerHasSaidTooMuch(int length) {
        byte[] part = new byte[KeyReader.MAX_BYTES / 2];
        assertThat(read(header('N', length))).isTrue();
        assertThat(read(part)).isTrue();
        assertThat(read(part)).isFalse();
        assertThat(reader.key()).isEmpty();
    }

    @Test
    void messageWithoutABodyIsPassedOver() {
        assertThat(read(header('n', 4), header('n', 4), Packets.backendKeyData(4711, 4)))
                .isFalse();
        assertThat(reader.key()).contains(inRequest(4711, 4));
    }

    @Test
    void movesNothingOfWhatItLooksAt() {
        ByteBuf said = Unpooled.wrappedBuffer(concat(new byte[3], BEFORE)).skipBytes(3);
        reader.read(said);
        assertThat(said.readableBytes()).isEqualTo(BEFORE.length);
    }

    /** Mostly messages, a few of them broken, cut anywhere: it must say the same as when all comes at once. */
    @Test
    void piecesMakeNoDifference() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] said = conversation(random);
            KeyReader whole = new KeyReader();
            whole.read(Unpooled.wrappedBuffer(said));
            KeyReader pieces = new KeyReader();
            for (int at = 0; at < said.length; ) {
                int length = Math.min(said.length - at, 1 + random.nextInt(20));
                pieces.read(Unpooled.wrappedBuffer(said, at, length));
                at += length;
            }
            assertThat(pieces.key()).as("seed %s", seed).isEqualTo(whole.key());
            assertThat(whole.key()).as("seed %s", seed).isEqualTo(byTheBook(said));
        }
    }

    private static byte[] conversation(Random random) {
        byte[] all = new byte[0];
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] message =
                    switch (random.nextInt(6)) {
                        case 0 -> Packets.backendKeyData(random.nextInt(), random.nextInt(300));
                        case 1 -> Packets.readyForQuery();
                        case 2 -> header('S', random.nextInt(12));
                        default -> Packets.parameterStatus("name", "v".repeat(random.nextInt(40)));
                    };
            all = concat(all, message);
        }
        return all;
    }

    /** The first whole key before the server is ready or wrong, read here anew. */
    private static Optional<CancelKey> byTheBook(byte[] said) {
        ByteBuffer rest = ByteBuffer.wrap(said);
        while (rest.remaining() >= 5) {
            byte type = rest.get();
            int body = rest.getInt() - 4;
            boolean isKey = type == 'K';
            if (body < 0 || type == 'Z' || body > rest.remaining() || (isKey && (body < 8 || body > 260))) {
                return Optional.empty();
            }
            byte[] content = new byte[body];
            rest.get(content);
            if (isKey) {
                return Optional.of(CancelKey.of(content));
            }
        }
        return Optional.empty();
    }

    private static byte[] header(char type, int length) {
        return ByteBuffer.allocate(5).put((byte) type).putInt(length).array();
    }
}
