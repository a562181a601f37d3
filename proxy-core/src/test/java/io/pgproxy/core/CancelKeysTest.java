package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CancelKeysTest {
    private static final InetSocketAddress FIRST = PG1.address();
    private static final InetSocketAddress SECOND = PG2.address();
    private static final List<InetSocketAddress> BOTH = List.of(FIRST, SECOND);

    private final CancelKeys keys = new CancelKeys();

    private static CancelKey key(int lastByte) {
        return CancelKey.of(new byte[] {0, 0, 0, 1, 9, 9, 9, (byte) lastByte});
    }

    @Test
    void leadsToWhoGaveItOut() {
        keys.add(key(1), FIRST);
        keys.add(key(2), SECOND);
        assertThat(keys.givers(key(1), BOTH)).containsExactly(FIRST);
        assertThat(keys.givers(key(2), BOTH)).containsExactly(SECOND);
        assertThat(keys.givers(key(3), BOTH)).isEmpty();
    }

    @Test
    void longerOrShorterOneIsAnother() {
        keys.add(key(1), FIRST);
        assertThat(keys.givers(CancelKey.of(new byte[] {0, 0, 0, 1, 9, 9, 9, 1, 0}), BOTH))
                .isEmpty();
    }

    @Test
    void oneThatTwoHaveGivenOutLeadsToBoth() {
        keys.add(key(1), FIRST);
        keys.add(key(1), SECOND);
        assertThat(keys.givers(key(1), BOTH)).containsExactly(FIRST, SECOND);
        keys.remove(key(1), FIRST);
        assertThat(keys.givers(key(1), BOTH)).containsExactly(SECOND);
    }

    @Test
    void oneThatABackendRepeatsStaysForTheSessionThatIsLeft() {
        keys.add(key(1), FIRST);
        keys.add(key(1), FIRST);
        keys.remove(key(1), FIRST);
        assertThat(keys.givers(key(1), BOTH)).containsExactly(FIRST);
        keys.remove(key(1), FIRST);
        assertThat(keys.size()).isZero();
    }

    @Test
    void isNotPrinted() {
        assertThat(key(1)).hasToString("(not shown)");
    }
}
