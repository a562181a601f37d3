package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a connection ends, everything that was counted or held for it is given back. */
final class BookkeepingTest {
    private static final String NOTHING =
            "open 0, startups 0/0, sessions 0/0/0, parked 0/0, cancels 0, refusals 0/0, descriptors 0,"
                    + " established 0, pg1 0, pg2 0, node 0, fallback 0, keys 0/0, on the loop 0";

    @SuppressWarnings("ImmutableEnumChecker") // the stories capture nothing
    private enum End {
        SAYS_NOTHING((one, client) -> one.advance(10_000)),
        LEAVES_AT_ONCE(OneLoop::finish),
        LEAVES_AMID_ITS_PACKET((one, client) -> {
            one.receive(client, new byte[] {0, 0});
            one.finish(client);
        }),
        SPEAKS_HTTP((one, client) -> one.receive(client, "GET /".getBytes(StandardCharsets.US_ASCII))),
        LEAVES_WHILE_PARKED((one, client) -> {
            one.receive(client, Packets.startup("app"));
            one.finish(client);
        }),
        HOLD_EXPIRES((one, client) -> {
            one.receive(client, Packets.startup("app"));
            one.advance(60_000);
        }),
        HOLD_EXPIRES_BEFORE_TLS((one, client) -> {
            one.receive(client, Packets.sslRequest());
            one.advance(60_000);
            one.receive(client, new byte[] {0, 0, 0, 20});
        }),
        LEAVES_WHILE_CONNECTING((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.finish(client);
            one.dialer.last().connects();
        }),
        LEAVES_WHILE_ASKING((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.dialer.last().connects();
            one.finish(client);
        }),
        EVERY_CONNECT_IS_REFUSED((one, client) -> {
            one.publish(Tables.goTo(1, PG1, PG2));
            one.receive(client, Packets.startup("app"));
            one.dialer.last().isRefused();
            one.dialer.last().isRefused();
            one.finish(client);
        }),
        TABLE_CHANGES_WHILE_ASKING((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.dialer.last().connects();
            one.publish(Tables.nobody(2, "no primary"));
            one.finish(client);
        }),
        LEAVES_AFTER_A_DECLINE((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.sslRequest());
            one.receive(one.dialer.last().connects(), new byte[] {'N'});
            one.finish(client);
        }),
        LEAVES_AFTER_A_GRANT((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.sslRequest());
            one.receive(one.dialer.last().connects(), new byte[] {'S'});
            one.finish(client);
        }),
        LEAVES_AFTER_A_PROMISE((one, client) -> {
            promise(one, client);
            one.finish(client);
        }),
        PROMISE_IS_NOT_KEPT((one, client) -> {
            promise(one, client);
            one.publish(Tables.goTo(2, PG1));
            one.receive(one.dialer.last().connects(), new byte[] {'N'});
        }),
        LEAVES_AFTER_AN_EARLY_DECLINE((one, client) -> {
            one.receive(client, Packets.gssencRequest());
            one.advance(2_000);
            one.finish(client);
        }),
        ANSWER_IS_CUT_SHORT((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), new byte[] {'E', 0, 0});
            one.finish(client);
        }),
        BACKEND_IS_NOT_POSTGRES((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), "SSH-2.0-sshd\r\n".getBytes(StandardCharsets.US_ASCII));
            one.dialer.last().channel.close();
        }),
        SENDS_TOO_MUCH((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.dialer.last().connects();
            one.receive(client, new byte[40_000]);
        }),
        CANCELS_WITHOUT_A_BACKEND((one, client) -> one.receive(client, Packets.cancel(1, 4))),
        CANCELS((one, client) -> {
            one.publish(Tables.goTo(1, PG1, PG2));
            one.receive(client, Packets.cancel(1, 32));
            one.dialer.dials.get(0).isRefused();
            one.dialer.dials.get(1).connects().close();
        }),
        LOSES_ITS_ROLE((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), Packets.authenticationOk());
            one.receive(client, new byte[100]);
            one.publish(Tables.roleLost(2, Settings.PG1));
        }),
        CLIENT_BREAKS((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), Packets.authenticationOk());
            client.close();
        }),
        BACKEND_BREAKS((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), Packets.authenticationOk());
            one.dialer.last().channel.close();
        }),
        FINDS_NO_SOCKET((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.dialer.last().findsNoSocket();
        }),
        FALLS_BACK((one, client) -> {
            one.publish(Tables.goTo(1, new Candidate(PG1.node(), PG1.address(), Role.FALLBACK, 2, 100)));
            one.receive(client, Packets.startup("app"));
            one.receive(one.dialer.last().connects(), Packets.authenticationOk());
            client.close();
        }),
        CANCEL_IS_ONE_TOO_MANY((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.admission.cancels().take(100);
            one.receive(client, Packets.cancel(1, 4));
            one.admission.cancels().giveBack(100);
        }),
        SESSION_IS_ONE_TOO_MANY((one, client) -> {
            one.admission.sessions().take(100);
            one.receive(client, Packets.startup("app"));
            one.admission.sessions().giveBack(100);
        }),
        LISTENER_IS_FULL((one, client) -> refused(one, client, new Rules().maxSessions(1))),
        SOURCE_IS_FULL((one, client) -> refused(one, client, new Rules().maxSessionsPerSource(1))),
        NODES_ARE_FULL((one, client) -> refused(one, client, new Rules().maxSessionsPerNode(1))),
        MAKES_ROOM((one, client) -> {
            one.admission.startups().take(99);
            one.finish(one.accept());
            one.admission.startups().giveBack(99);
        }),
        SPEAKS_PROXY((one, client) -> one.receive(client, ProxyHeaders.v1From("192.0.2.7"))),
        PROXY_ENDS((one, client) -> {
            one.publish(Tables.goTo(1, PG1));
            one.receive(client, Packets.startup("app"));
            one.loop.endAll();
            one.turn();
        });

        /** With rules of its own, the story happens to another client on another loop, whose counts must be as empty. */
        private static void refused(OneLoop one, EmbeddedChannel client, Rules rules) {
            one.finish(client);
            OneLoop ruled = rules.oneLoop();
            ruled.publish(Tables.goTo(1, PG1));
            EmbeddedChannel first = ruled.start("192.0.2.7");
            EmbeddedChannel second = ruled.start("192.0.2.7");
            ruled.finish(first);
            ruled.finish(second);
            assertThat(counts(ruled)).isEqualTo(NOTHING);
            assertThat(ruled.unreleasedBuffers()).isZero();
        }

        /** The client waits, has been told that TLS is granted, and has said hello. */
        private static void promise(OneLoop one, EmbeddedChannel client) {
            one.tlsAnswers.learn(PG1.node(), PG1.address(), TlsAnswer.GRANTED, System.nanoTime());
            one.publish(Tables.nobody(1, PG1));
            one.receive(client, Packets.sslRequest());
            one.advance(2_000);
            one.receive(client, Packets.clientHello());
        }

        private final BiConsumer<OneLoop, EmbeddedChannel> story;

        End(BiConsumer<OneLoop, EmbeddedChannel> story) {
            this.story = story;
        }

        OneLoop play() {
            OneLoop one = new OneLoop();
            EmbeddedChannel client = one.accept();
            story.accept(one, client);
            one.turn();
            one.advance(5_000); // the patience with refused clients
            sent(client);
            one.dialer.dials.forEach(dial -> sent(dial.channel));
            return one;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsCountedAnyMore(End end) {
        OneLoop one = end.play();
        assertThat(counts(one)).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void noBufferIsHeldAnyMore(End end) {
        assertThat(end.play().unreleasedBuffers()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void noBackendConnectionIsOpenAnyMore(End end) {
        assertThat(end.play().dialer.dials).noneMatch(dial -> dial.channel.isRegistered() && dial.channel.isOpen());
    }

    @Test
    void sessionCountsForItsNodeFromThePickOn() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        assertThat(one.load.on(Settings.PG1)).isEqualTo(1);
    }

    private static String counts(OneLoop one) {
        Admission all = one.admission;
        return "open " + all.connections().used() + ", startups "
                + all.startups().used() + "/" + one.loop.startups().size()
                + ", sessions " + all.sessions().used() + "/"
                + one.listener.rules().sessions() + "/"
                + one.listener.rules().sessionsOfTheFullestSource() + ", parked "
                + all.parked().used() + "/"
                + one.listener.counts().parked() + ", cancels " + all.cancels().used() + ", refusals "
                + all.refusals().used() + "/" + all.disappointments().used() + ", descriptors "
                + all.descriptors().used() + ", established "
                + one.listener.counts().established() + ", pg1 "
                + one.load.on(Settings.PG1) + ", pg2 " + one.load.on(Settings.PG2) + ", node "
                + one.listener.nodes().onTheFullest() + ", fallback "
                + one.listener.nodes().fallback().used()
                + ", keys " + one.listener.keys().size() + "/"
                + one.listener.sealed().clients()
                + ", on the loop " + one.loop.sessions();
    }
}
