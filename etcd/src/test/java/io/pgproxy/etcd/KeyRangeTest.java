package io.pgproxy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    @Test
    void belowAPrefixIsAllThatBeginsWithIt() {
        assertThat(KeyRange.below("/service/main/"))
                .isEqualTo(new KeyRange(
                        ByteString.copyFromUtf8("/service/main/"), ByteString.copyFromUtf8("/service/main0")));
    }

    @Test
    void oneKeyHasNoEnd() {
        assertThat(KeyRange.of(ByteString.copyFromUtf8("leader")).end()).isEqualTo(ByteString.EMPTY);
    }
}
