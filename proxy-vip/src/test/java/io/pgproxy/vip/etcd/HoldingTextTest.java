package io.pgproxy.vip.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.UnreadableValue;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldingTextTest {
    private static final Instance CT100 = new Instance(new Member("192.168.50.11:7001"), -2);
    private static final Holding HOLDING =
            new Holding(CT100, new TreeSet<>(List.of(CT100.member(), new Member("[2001:db8::1]:7001"))), false);

    @Test
    void isTextThatAnOperatorCanRead() {
        assertThat(HoldingText.of(HOLDING).toStringUtf8())
                .isEqualTo(
                        """
                        pgproxy 1
                        holder 192.168.50.11:7001
                        boot fffffffffffffffe
                        released no
                        member 192.168.50.11:7001
                        member [2001:db8::1]:7001
                        """);
    }

    @Test
    void readsWhatItWrote() throws UnreadableValue {
        Holding released = new Holding(CT100, HOLDING.members(), true);

        assertThat(HoldingText.read(HoldingText.of(HOLDING))).isEqualTo(HOLDING);
        assertThat(HoldingText.read(HoldingText.of(released))).isEqualTo(released);
    }

    @Test
    void writesNoNameThatNobodyCouldReadBack() {
        Instance strange = new Instance(new Member("a\nreleased yes"), 1);

        assertThatThrownBy(() -> HolderText.of(strange)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "x",
                "{\"holder\": \"a\"}",
                "pgproxy 2\nholder a\nboot 0000000000000001\nreleased no\nmember a\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember a",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember a\n\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember a\nmember a\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember a b\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember \n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember \u00e4\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\nmember a\u0000\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\n",
                "pgproxy 1\nholder a\nboot 0000000000000001\nreleased maybe\nmember a\n",
                "pgproxy 1\nholder a\nboot 1\nreleased no\nmember a\n",
                "pgproxy 1\nholder a\nboot -000000000000001\nreleased no\nmember a\n",
                "pgproxy 1\nboot 0000000000000001\nholder a\nreleased no\nmember a\n",
                "pgproxy 1\nholder a\nreleased no\nmember a\n",
            })
    void refusesWhatItWouldNotHaveWritten(String value) {
        assertThatThrownBy(() -> HoldingText.read(ByteString.copyFromUtf8(value)))
                .isInstanceOf(UnreadableValue.class)
                .hasMessageStartingWith("it");
    }

    @Test
    void refusesMoreMembersThanAnybodyHas() {
        String members =
                IntStream.range(0, 17).mapToObj(n -> "member m" + n + "\n").collect(Collectors.joining());
        ByteString value =
                ByteString.copyFromUtf8("pgproxy 1\nholder a\nboot 0000000000000001\nreleased no\n" + members);

        assertThatThrownBy(() -> HoldingText.read(value)).isInstanceOf(UnreadableValue.class);
    }

    @Test
    void refusesAValueThatIsTooLong() {
        ByteString value = HoldingText.of(HOLDING).concat(ByteString.copyFrom(new byte[Lines.MAX_BYTES]));

        assertThatThrownBy(() -> HoldingText.read(value)).hasMessageContaining("bytes");
    }

    /** Whatever one byte becomes: it is another holding, or it is refused, and never anything else. */
    @Test
    void survivesEveryBytesChange() {
        byte[] value = HoldingText.of(HOLDING).toByteArray();
        for (int at = 0; at < value.length; at++) {
            for (int byteValue = 0; byteValue < 256; byteValue++) {
                byte[] changed = value.clone();
                changed[at] = (byte) byteValue;
                try {
                    assertThat(HoldingText.of(HoldingText.read(ByteString.copyFrom(changed)))
                                    .size())
                            .isEqualTo(changed.length);
                } catch (UnreadableValue e) {
                    assertThat(e).hasMessageStartingWith("it");
                }
            }
        }
    }
}
