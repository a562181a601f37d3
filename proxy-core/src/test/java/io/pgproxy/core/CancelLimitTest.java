package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

final class CancelLimitTest {
    private final Settings settings = new Settings();

    private OneLoop one() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1, PG2));
        return one;
    }

    private static EmbeddedChannel cancel(OneLoop one) {
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.cancel(1, 4));
        return client;
    }

    @Test
    void oneTooManyIsClosedWithoutAWord() {
        settings.maxCancels = 1;
        OneLoop one = one();
        cancel(one);
        EmbeddedChannel second = cancel(one);
        assertThat(second.isOpen()).isFalse();
        assertThat(sent(second)).isEmpty();
        assertThat(one.dialer.dials).hasSize(2);
        assertThat(one.ended(CloseReason.CANCEL_LIMIT)).isEqualTo(1);
    }

    @Test
    void deliveredCancelMakesRoom() {
        settings.maxCancels = 1;
        OneLoop one = one();
        cancel(one);
        one.dialer.dials.get(0).connects().close();
        assertThat(one.admission.cancels().used()).isEqualTo(1);
        one.dialer.dials.get(1).isRefused();
        assertThat(one.admission.cancels().used()).isZero();
    }

    @Test
    void eachOfItsBackendsTakesADescriptor() {
        settings.descriptors = 4;
        OneLoop one = one();
        cancel(one);
        assertThat(one.admission.descriptors().used()).isEqualTo(3);
        cancel(one);
        assertThat(one.ended(CloseReason.CANCEL_LIMIT)).isEqualTo(1);
        assertThat(one.admission.cancels().used()).isEqualTo(1);
    }

    @Test
    void silentConnectionsMakeRoomForACancel() {
        settings.descriptors = 4;
        OneLoop one = one();
        for (int i = 1; i <= 3; i++) {
            one.accept("192.0.2.6" + i);
        }
        cancel(one);
        assertThat(one.dialer.dials).hasSize(2);
        assertThat(one.ended(CloseReason.STARTUP_LIMIT)).isEqualTo(2);
        assertThat(one.admission.descriptors().used()).isEqualTo(4);
    }

    @Test
    void cancelThatFindsRoomForSomeOnlyGivesThemBack() {
        settings.descriptors = 3;
        OneLoop one = one();
        one.start("192.0.2.6");
        cancel(one);
        assertThat(one.ended(CloseReason.CANCEL_LIMIT)).isEqualTo(1);
        assertThat(one.admission.descriptors().used()).isEqualTo(2);
    }

    @Test
    void cancelThatAsksForEncryptionFirstIsDeliveredWhereSessionsAreFull() {
        settings.rules(new Rules().maxSessions(1).config());
        OneLoop one = one();
        one.start("192.0.2.7");
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.sslRequest());
        one.receive(client, ProxyHeaders.concat(Packets.cancel(1, 4), new byte[] {1, 2, 3}));
        assertThat(one.dialer.dials).hasSize(3);
        EmbeddedChannel backend = one.dialer.last().connects();
        assertThat(sent(backend)).isEqualTo(Packets.cancel(1, 4));
        one.dialer.dials.get(1).isRefused();
        backend.close();
        assertThat(client.isOpen()).isFalse();
        assertThat(one.admission.cancels().used()).isZero();
    }

    @Test
    void cancelFromWhereNobodyIsAllowedIsNotDelivered() {
        settings.rules(new Rules().allowFrom("10.0.0.0", 8).config());
        OneLoop one = one();
        EmbeddedChannel client = cancel(one);
        assertThat(client.isOpen()).isFalse();
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void bytesBehindTheCancelAreNotDelivered() {
        OneLoop one = one();
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, ProxyHeaders.concat(Packets.cancel(1, 4), new byte[] {1, 2, 3}));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.cancel(1, 4));
    }
}
