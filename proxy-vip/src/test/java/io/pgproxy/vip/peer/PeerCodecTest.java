package io.pgproxy.vip.peer;

import static io.pgproxy.vip.peer.Members.A;
import static io.pgproxy.vip.peer.Members.B;
import static io.pgproxy.vip.peer.Members.HELLO;
import static io.pgproxy.vip.peer.Members.SECRET;
import static io.pgproxy.vip.peer.Members.codec;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.vip.machine.Condition;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PeerCodecTest {
    /** Of {@link Members#HELLO}: its parts begin here. */
    private static final int VERSION_AT = 4;

    private static final int KIND_AT = 5;
    private static final int LENGTH_AT = 6;
    private static final int GROUP_AT = 8;
    private static final int FROM_AT = 13;
    private static final int FLAGS_AT = 67;
    private static final int PRIORITY_AT = 68;
    private static final int SIGNATURE_AT = 69;

    private final PeerCodec codec = codec("main", SECRET);

    /** Written by a program of its own, in another language. */
    static Stream<Arguments> golden() {
        String names = "046d61696e000d31302e302e302e313a373030310102030405060708"
                + "000d31302e302e302e323a37303031fffefdfcfbfaf9f80000000000000007";
        return Stream.of(
                Arguments.of(
                        new PeerMessage.Hello(A, B, 7, new Condition(true, true, false, 100)),
                        "7067707801010065" + names + "0364"
                                + "2e837dbf3f9490d84c5f6b9f32d49285606542d3d2aadd945e9de647cf267f4c"),
                Arguments.of(
                        new PeerMessage.Hello(A, B, 7, new Condition(false, false, true, 255)),
                        "7067707801010065" + names + "04ff"
                                + "3bc99482ab522368bc690025bd8dc6350cdd06082e9561a7180e73aba3e05443"),
                Arguments.of(
                        new PeerMessage.Request(A, B, 7, 0x1122334455667788L),
                        "706770780102006b" + names + "1122334455667788"
                                + "a38a12ed84961bb31544379370bd3b1ae72eaf7184e69a105d72bb21ea762a44"),
                Arguments.of(
                        new PeerMessage.Promise(A, B, 7),
                        "7067707801030063" + names
                                + "2b8c1f4bed9630828d1c759add13c02706cd376b009060a99c2672aa385b05f4"),
                Arguments.of(
                        new PeerMessage.Refusal(A, B, 7, "etcd answers me"),
                        "7067707801040074" + names + "000f6574636420616e7377657273206d65"
                                + "b54e58ef2c9c62bd890be361062d6c8faf08b8c1f4876337353e013cdc4add28"),
                Arguments.of(
                        new PeerMessage.Released(A, B, 7),
                        "7067707801050063" + names
                                + "9c3b2341a41120e535055b9ea9c49f1c19dd1f854785d38f6712262e38c93e23"),
                Arguments.of(
                        new PeerMessage.Started(A, B, 7),
                        "7067707801060063" + names
                                + "0b86e495dd8006ea9f31f3327784a6e7ad498cbcde321bfb7ec4e45ec0c98165"),
                Arguments.of(
                        new PeerMessage.NoReliance(A, B, 7),
                        "7067707801070063" + names
                                + "e70864eb05756676150f760a32e2d7443a931a0b4bbd8f25fda363de803ea45c"),
                Arguments.of(
                        new PeerMessage.Gone(A, B, 7),
                        "7067707801080063" + names
                                + "d5c911340a6812925ec61f24b38ada1d8f214634167a76d5abba343f81e55bc3"),
                Arguments.of(
                        new PeerMessage.KeyGivenUp(A, B, 7, 0x1122334455667788L),
                        "706770780109006b" + names + "1122334455667788"
                                + "79f39b13692c87533f1f37282f5f197a9f5663a8544a7bee487882f33485020c"));
    }

    static Stream<PeerMessage> everyKind() {
        return golden().map(arguments -> (PeerMessage) arguments.get()[0]);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void writesTheBytesThatTheOthersExpect(PeerMessage message, String hex) {
        assertThat(HexFormat.of().formatHex(codec.encode(message))).isEqualTo(hex);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void readsTheBytesThatTheOthersWrite(PeerMessage message, String hex) {
        assertThat(codec.decode(HexFormat.of().parseHex(hex))).isEqualTo(new Authentic(message));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void hasAGoldenMessageOfEveryKind(Kind kind) {
        assertThat(everyKind().map(Kind::of)).contains(kind);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void rejectsEveryTruncation(PeerMessage message) {
        byte[] datagram = codec.encode(message);

        assertThat(IntStream.range(0, datagram.length)
                        .mapToObj(length -> why(Arrays.copyOf(datagram, length)))
                        .distinct())
                .containsExactly(Rejection.NOT_OURS, Rejection.LENGTH);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void rejectsEveryFlippedBit(PeerMessage message) {
        byte[] datagram = codec.encode(message);

        for (int bit = 0; bit < datagram.length * Byte.SIZE; bit++) {
            byte[] flipped = datagram.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(why(flipped)).as("bit %d", bit).isEqualTo(expected(bit / Byte.SIZE));
        }
    }

    private static Rejection expected(int at) {
        if (at < VERSION_AT) {
            return Rejection.NOT_OURS;
        } else if (at < KIND_AT) {
            return Rejection.VERSION;
        } else if (at < LENGTH_AT) {
            return Rejection.FORGED;
        } else if (at < GROUP_AT) {
            return Rejection.LENGTH;
        }
        return at < FROM_AT ? Rejection.GROUP : Rejection.FORGED;
    }

    @Test
    void rejectsWhatIsTooLong() {
        assertThat(codec.decode(Arrays.copyOf(codec.encode(HELLO), PeerCodec.MAX_BYTES + 1)))
                .isEqualTo(new Rejected(Rejection.LENGTH, "1025 bytes"));
    }

    @Test
    void saysWhichVersionItCannotRead() {
        byte[] datagram = codec.encode(HELLO);
        datagram[VERSION_AT] = 2;

        assertThat(codec.decode(datagram)).hasToString("is of another version of the protocol: 2");
    }

    @ParameterizedTest
    @CsvSource({"pair", "mai", "maim", "main2", "MAIN", "m"})
    void saysWhichGroupItIsNotOf(String other) {
        assertThat(codec(other, SECRET).decode(codec.encode(HELLO))).hasToString("is of another group: main");
    }

    @Test
    void showsAStrangersGroupOnlyAsFarAsItCanBePrinted() {
        byte[] datagram = codec.encode(HELLO);
        datagram[GROUP_AT + 1] = '\n';
        datagram[GROUP_AT + 2] = (byte) 0xff;

        assertThat(codec.decode(datagram)).isEqualTo(new Rejected(Rejection.GROUP, "??in"));
    }

    @Test
    void rejectsWhatIsSignedWithAnotherSecret() {
        assertThat(why(codec("main", "fedcba9876543210").encode(HELLO))).isEqualTo(Rejection.FORGED);
    }

    @Test
    void acceptsEverySecretAndSignsWithTheFirst() {
        PeerCodec changing = codec("main", SECRET, "fedcba9876543210");
        PeerCodec changed = codec("main", "fedcba9876543210");

        assertThat(changing.decode(changed.encode(HELLO))).isEqualTo(new Authentic(HELLO));
        assertThat(codec.decode(changing.encode(HELLO))).isEqualTo(new Authentic(HELLO));
        assertThat(changed.decode(changing.encode(HELLO))).isEqualTo(new Rejected(Rejection.FORGED, ""));
    }

    @Test
    void saysWhichKindItDoesNotKnow() {
        byte[] unsigned = unsigned();
        unsigned[KIND_AT] = 99;

        assertThat(codec.decode(codec.signed(unsigned))).isEqualTo(new Rejected(Rejection.UNKNOWN_KIND, "99"));
    }

    @Test
    void rejectsWhatAMemberSignedAndIsNotWellFormed() {
        byte[] unsigned = unsigned();

        assertThat(whyIfSigned(Arrays.copyOf(unsigned, unsigned.length - 1))).isEqualTo(Rejection.MALFORMED);
        assertThat(whyIfSigned(Arrays.copyOf(unsigned, unsigned.length + 1))).isEqualTo(Rejection.MALFORMED);
        assertThat(whyIfSigned(Arrays.copyOf(unsigned, FROM_AT))).isEqualTo(Rejection.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({"15, 7", "15, 32", "15, 127", "15, -1", "13, -1", "14, 100", "14, 0"})
    void rejectsNamesThatNoMemberHas(int at, byte value) {
        byte[] unsigned = unsigned();
        unsigned[at] = value;

        assertThat(whyIfSigned(unsigned)).isEqualTo(Rejection.MALFORMED);
    }

    @Test
    void rejectsAConditionThatThisVersionDoesNotKnow() {
        byte[] flagged = unsigned();
        flagged[FLAGS_AT] = 8;
        byte[] withoutPriority = unsigned();
        withoutPriority[PRIORITY_AT] = 0;

        assertThat(whyIfSigned(flagged)).isEqualTo(Rejection.MALFORMED);
        assertThat(whyIfSigned(withoutPriority)).isEqualTo(Rejection.MALFORMED);
    }

    @Test
    void rejectsASentenceThatCannotBePrinted() {
        byte[] refusal = codec.encode(new PeerMessage.Refusal(A, B, 7, "etcd answers me"));
        byte[] unsigned = Arrays.copyOf(refusal, refusal.length - Signature.BYTES);
        unsigned[unsigned.length - 1] = '\n';

        assertThat(whyIfSigned(unsigned)).isEqualTo(Rejection.MALFORMED);
    }

    @Test
    void writesTheLongestMessageThereIs() {
        Instance longest = new Instance(new Member("x".repeat(FieldReader.MAX_NAME)), -1);
        PeerCodec longestGroup = codec("g".repeat(63), SECRET);
        PeerMessage message = new PeerMessage.Refusal(longest, longest, Long.MIN_VALUE, "r".repeat(200));

        assertThat(longestGroup.decode(longestGroup.encode(message))).isEqualTo(new Authentic(message));
    }

    @Test
    void shortensASentenceAndWritesItInAscii() {
        byte[] datagram = codec.encode(new PeerMessage.Refusal(A, B, 7, "caf\u00e9\n" + "x".repeat(300)));

        assertThat(codec.decode(datagram))
                .isEqualTo(new Authentic(new PeerMessage.Refusal(A, B, 7, "caf??" + "x".repeat(195))));
    }

    @Test
    void refusesToWriteNamesThatNobodyWouldRead() {
        Instance tooLong = new Instance(new Member("x".repeat(FieldReader.MAX_NAME + 1)), 1);

        assertThatThrownBy(() -> codec.encode(Members.hello(tooLong, B, 7)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec("g".repeat(64), SECRET)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec("", SECRET)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void provesNothingInAnotherUseOfTheSecret() {
        byte[] unsigned = unsigned();
        Signature otherUse = new Signature(Members.secret(SECRET).keys("pgproxy something else"));
        byte[] datagram = codec.signed(unsigned);
        System.arraycopy(otherUse.of(datagram, SIGNATURE_AT), 0, datagram, SIGNATURE_AT, Signature.BYTES);

        assertThat(why(datagram)).isEqualTo(Rejection.FORGED);
    }

    @Test
    void provesNothingWithTheSecretItself() {
        byte[] datagram = codec.encode(HELLO);
        Signature bare = new Signature(List.of(new SecretKeySpec(SECRET.getBytes(US_ASCII), "HmacSHA256")));
        System.arraycopy(bare.of(datagram, SIGNATURE_AT), 0, datagram, SIGNATURE_AT, Signature.BYTES);

        assertThat(why(datagram)).isEqualTo(Rejection.FORGED);
    }

    private byte[] unsigned() {
        return Arrays.copyOf(codec.encode(HELLO), SIGNATURE_AT);
    }

    private Rejection whyIfSigned(byte[] unsigned) {
        return why(codec.signed(unsigned));
    }

    private Rejection why(byte[] datagram) {
        Decoded decoded = codec.decode(datagram);
        assertThat(decoded).isInstanceOf(Rejected.class);
        return ((Rejected) decoded).why();
    }
}
