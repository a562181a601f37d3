package io.pgproxy.vip.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static io.pgproxy.vip.etcd.Asking.CT100;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.etcd.TokenKeys;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdAnswer.Granted;
import io.pgproxy.vip.machine.EtcdAnswer.Seen;
import io.pgproxy.vip.machine.EtcdCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd that asks who everybody is. */
@Timeout(90)
class UsersTest {
    private static final String PASSWORD = "s3cret \u00e4";

    @TempDir
    Path folder;

    private Optional<EtcdMember> member = Optional.empty();

    @AfterEach
    void stops() {
        member.ifPresent(EtcdMember::close);
    }

    private EtcdMember start(String... options) throws Exception {
        EtcdMember started = EtcdMember.alone(folder, options);
        member = Optional.of(started);
        try (Asking nobody = Asking.at(started.endpoint())) {
            nobody.seen();
        }
        return started;
    }

    private void enableUsers(EtcdMember started) {
        try (Operator operator = new Operator(started.endpoint())) {
            operator.enableUsers("proxy", PASSWORD);
        }
    }

    private Asking proxy(EtcdMember started, String passwordFile) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), passwordFile);
        return new Asking(CT100, Asking.withUser(Asking.config(started.endpoint()), "proxy", file));
    }

    @Test
    void whoHasAUserIsLetIn() throws Exception {
        EtcdMember started = start();
        enableUsers(started);

        try (Asking proxy = proxy(started, PASSWORD + "\nnot this\n")) {
            assertThat(proxy.until(new EtcdCall.Grant(5), Granted.class)).isInstanceOf(Granted.class);
            assertThat(proxy.ask(new EtcdCall.Read())).isInstanceOf(Seen.class);
            eventually("the watch is let in too", () -> proxy.moves.get() > 0);
        }
    }

    @Test
    void whoHasNoneIsTold() throws Exception {
        EtcdMember started = start();
        enableUsers(started);

        try (Asking nobody = Asking.at(started.endpoint())) {
            assertThat(nobody.ask(new EtcdCall.Read()))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                            .contains("user name is empty", "see etcd.user"));
        }
    }

    @Test
    void aWrongPasswordIsTold() throws Exception {
        EtcdMember started = start();
        enableUsers(started);

        try (Asking proxy = proxy(started, "wrong")) {
            assertThat(proxy.ask(new EtcdCall.Read(), 3_000))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                            .contains("logging in as proxy", "invalid user ID or password")
                            .doesNotContain("wrong"));
        }
    }

    @Test
    void aUserWhereEtcdHasNoneIsLetIn() throws Exception {
        EtcdMember started = start();

        try (Asking proxy = proxy(started, PASSWORD)) {
            assertThat(proxy.ask(new EtcdCall.Read())).isInstanceOf(Seen.class);
        }
    }

    /** As when an operator enables authentication while proxies run. */
    @Test
    void goesOnWhenUsersAreEnabledMeanwhile() throws Exception {
        EtcdMember started = start();
        try (Asking proxy = proxy(started, PASSWORD)) {
            long lease = proxy.grant(60);
            proxy.ask(proxy.claim(lease, 0));

            enableUsers(started);

            assertThat(proxy.until(new EtcdCall.Read(), Seen.class))
                    .isInstanceOfSatisfying(
                            Seen.class, seen -> assertThat(seen.key()).isPresent());
            assertThat(proxy.keepAlive(lease)).isEqualTo(60);
        }
    }

    /** Such tokens end by the clock, however busy they are; the simple ones end when nobody uses them. */
    @Test
    void noCallFailsWhenTokensEnd() throws Exception {
        EtcdMember started = start("--auth-token", TokenKeys.option(folder, "1s"));
        enableUsers(started);
        try (Asking proxy = proxy(started, PASSWORD)) {
            long lease = proxy.grant(60);
            long endNanos = System.nanoTime() + 3_000_000_000L;

            while (System.nanoTime() < endNanos) {
                assertThat(proxy.keepAlive(lease)).isEqualTo(60);
                assertThat(proxy.ask(new EtcdCall.Read())).isInstanceOf(Seen.class);
            }
        }
    }

    @Test
    void aTokenThatNobodyUsedForTooLongIsReplaced() throws Exception {
        EtcdMember started = start("--auth-token-ttl", "1");
        enableUsers(started);
        try (Asking proxy = proxy(started, PASSWORD)) {
            proxy.grant(60);
            started.freeze();
            long endNanos = System.nanoTime() + 1_800_000_000L;
            while (System.nanoTime() < endNanos) {
                proxy.ask(new EtcdCall.Read());
            }
            started.thaw();

            assertThat(proxy.seen().key()).isEmpty();
        }
    }
}
