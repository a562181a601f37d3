package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Names come and go; lookups are run by hand. */
class NodeAddressTest {
    private final Deque<Runnable> lookups = new ArrayDeque<>();
    private String answer = "10.0.0.1";

    private final NodeAddress address = new NodeAddress("pg102.test", this::lookup, lookups::add, Runnable::run);

    private InetAddress lookup(String host) throws UnknownHostException {
        if (answer.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return InetAddress.getByName(answer);
    }

    private void lookUpAt(long seconds, boolean hurry) {
        address.refresh(hurry, TimeUnit.SECONDS.toNanos(seconds));
        lookups.forEach(Runnable::run);
        lookups.clear();
    }

    private String current() {
        return address.current().map(InetAddress::getHostAddress).orElse("none");
    }

    @Test
    void aLiteralNeedsNoLookup() {
        NodeAddress literal = new NodeAddress("fd00::1", this::lookup, lookups::add, Runnable::run);
        literal.refresh(true, 0);
        assertThat(literal.isSettled()).isTrue();
        assertThat(literal.current()).isPresent();
        assertThat(lookups).isEmpty();
    }

    @Test
    void nothingIsSettledBeforeTheFirstLookupHasEnded() {
        address.refresh(false, 0);
        assertThat(address.isSettled()).isFalse();
    }

    @Test
    void aNameThatDoesNotResolveIsSettledWithoutAnAddress() {
        answer = "";
        lookUpAt(0, false);
        assertThat(address.isSettled()).isTrue();
        assertThat(current()).isEqualTo("none");
    }

    @Test
    void aNameIsResolvedAnewAfterAWhile() {
        lookUpAt(0, false);
        answer = "10.0.0.2";
        lookUpAt(9, false);
        assertThat(current()).isEqualTo("10.0.0.1");
        lookUpAt(10, false);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void aNodeThatDoesNotAnswerIsResolvedAnewSooner() {
        lookUpAt(0, false);
        answer = "10.0.0.2";
        lookUpAt(1, true);
        assertThat(current()).isEqualTo("10.0.0.2");
    }

    @Test
    void theLastGoodAnswerIsKept() {
        lookUpAt(0, false);
        answer = "";
        lookUpAt(10, false);
        assertThat(current()).isEqualTo("10.0.0.1");
    }

    @Test
    void onlyOneLookupIsUnderWay() {
        address.refresh(true, 0);
        address.refresh(true, TimeUnit.SECONDS.toNanos(60));
        assertThat(lookups).hasSize(1);
    }
}
