package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerMessageTest {
    private static final byte[] STARTING = Packets.error("57P03", "the database system is starting up");

    private static ByteBuf buffer(byte[] bytes) {
        return Unpooled.wrappedBuffer(bytes);
    }

    private static ByteBuf ascii(String text) {
        return buffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ByteBuf error(int length, String rest) {
        byte[] body = rest.getBytes(StandardCharsets.ISO_8859_1);
        return buffer(ByteBuffer.allocate(5 + body.length)
                .put((byte) 'E')
                .putInt(length)
                .put(body)
                .array());
    }

    @Test
    void fatalIsAnErrorResponseOfProtocol3() {
        assertThat(ByteBufUtil.hexDump(ServerMessage.fatal("57P03", "no primary")))
                .isEqualTo("45" + "00000026" + "53464154414c00" + "56464154414c00" + "43353750303300"
                        + "4d6e6f207072696d61727900" + "00");
    }

    @Test
    void zeroInAMessageCannotEndIt() {
        assertThat(ServerMessage.messageOf(ServerMessage.fatal("57P03", "a\0b")))
                .isEqualTo("a b");
    }

    @Test
    void lengthCountsBytesAndNotCharacters() {
        ByteBuf fatal = ServerMessage.fatal("57P03", "größer");
        assertThat(fatal.getInt(1)).isEqualTo(fatal.readableBytes() - 1);
    }

    @Test
    void declineIsOneByte() {
        assertThat(ByteBufUtil.getBytes(ServerMessage.declined())).containsExactly('N');
    }

    @Test
    void alertIsAFatalInternalError() {
        assertThat(ByteBufUtil.hexDump(ServerMessage.tlsAlert())).isEqualTo("15030300020250");
    }

    @Test
    void readsTheSqlState() {
        assertThat(ServerMessage.sqlStateOf(buffer(STARTING))).isEqualTo("57P03");
    }

    @Test
    void readsTheMessage() {
        assertThat(ServerMessage.messageOf(buffer(STARTING))).isEqualTo("the database system is starting up");
    }

    @Test
    void everyBeginningOfAnErrorIsPartOfOne() {
        for (int length = 1; length < STARTING.length; length++) {
            assertThat(ServerMessage.isPartOfError(buffer(Arrays.copyOf(STARTING, length))))
                    .as("%d bytes", length)
                    .isTrue();
        }
    }

    @Test
    void wholeErrorIsNotPartOfOne() {
        assertThat(ServerMessage.isPartOfError(buffer(STARTING))).isFalse();
    }

    @Test
    void otherMessagesAreNotPartOfAnError() {
        assertThat(ServerMessage.isPartOfError(buffer(Packets.authenticationOk())))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4, 16 * 1024, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void impossibleLengthIsNotWaitedFor(int length) {
        assertThat(ServerMessage.isPartOfError(error(length, "C"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 4, 100, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void impossibleLengthHasNoSqlState(int length) {
        assertThat(ServerMessage.sqlStateOf(error(length, "C57P03\0\0"))).isEmpty();
    }

    @Test
    void errorOfProtocol2HasNoSqlState() {
        assertThat(ServerMessage.sqlStateOf(ascii("Ecould not fork new process\n\0")))
                .isEmpty();
    }

    @Test
    void errorOfProtocol2IsNotWaitedFor() {
        assertThat(ServerMessage.isPartOfError(ascii("Ecould not fork new process\n\0")))
                .isFalse();
    }

    @Test
    void fieldWithoutItsEndHasNoSqlState() {
        assertThat(ServerMessage.sqlStateOf(error(10, "C57P03"))).isEmpty();
    }

    @Test
    void fieldBehindTheEndOfTheMessageDoesNotCount() {
        assertThat(ServerMessage.sqlStateOf(error(5, "\0C57P03\0\0"))).isEmpty();
    }

    @Test
    void randomErrorsThrowNothing() {
        Random random = new Random(57_003);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 5) {
                ByteBuffer.wrap(bytes).put((byte) 'E').putInt(random.nextInt(48));
            }
            ServerMessage.isPartOfError(buffer(bytes));
            assertThat(ServerMessage.sqlStateOf(buffer(bytes)).length()).isLessThanOrEqualTo(bytes.length);
        }
    }
}
