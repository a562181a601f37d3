package io.pgproxy.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One watch, against a real etcd of one member. */
@Timeout(60)
class WatchTest {
    private static final KeyRange ONE = KeyRange.of(ByteString.copyFromUtf8("/a/one"));
    private static final KeyRange BELOW = KeyRange.below("/b/");

    @TempDir
    static Path folder;

    private static EtcdMember member;

    private final Hearing hearing = new Hearing();
    private Operator operator;
    private EtcdClient client;

    private static final class Hearing implements Watch.Listener {
        final AtomicInteger made = new AtomicInteger();
        final List<String> events = new CopyOnWriteArrayList<>();
        final CompletableFuture<String> broke = new CompletableFuture<>();

        @Override
        public void made() {
            made.incrementAndGet();
        }

        @Override
        public void changed(List<Event> changes) {
            changes.forEach(event ->
                    events.add(event.getType() + " " + event.getKv().getKey().toStringUtf8()));
        }

        @Override
        public void broke(String why) {
            broke.complete(why);
        }
    }

    @BeforeAll
    static void startsEtcd() {
        member = EtcdMember.alone(folder);
    }

    @AfterAll
    static void stopsEtcd() {
        if (member != null) {
            member.close();
        }
    }

    @BeforeEach
    void begins() {
        operator = new Operator(member.endpoint());
        client = client(member.endpoint());
        eventually("etcd answers", this::answers);
    }

    private boolean answers() {
        try {
            operator.compact();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @AfterEach
    void closes() {
        client.close();
        operator.close();
    }

    private static EtcdClient client(EtcdEndpoint... members) {
        return new EtcdClient(
                new EtcdConfig(
                        List.of(members),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                "watch test",
                64 * 1024);
    }

    private Watch watch(EtcdClient by, long fromRevision) throws Exception {
        return CompletableFuture.supplyAsync(() -> by.watch(List.of(ONE, BELOW), fromRevision, hearing), by.loop())
                .get(10, TimeUnit.SECONDS);
    }

    private void put(String key) {
        operator.put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8("value"));
    }

    @Test
    void hearsOfAllItsKeysAndOfNoOther() throws Exception {
        watch(client, 0);
        eventually("it is made", () -> hearing.made.get() == 1);

        put("/a/one");
        put("/a/other");
        put("/b/x");
        operator.delete(ByteString.copyFromUtf8("/a/one"));

        eventually("all is heard", () -> hearing.events.size() == 3);
        assertThat(hearing.events).containsExactlyInAnyOrder("PUT /a/one", "PUT /b/x", "DELETE /a/one");
    }

    @Test
    void hearsWhatHappenedFromItsRevisionOn() throws Exception {
        put("/b/before");
        long revision = operator.revision();
        put("/b/after");

        watch(client, revision + 1);

        eventually("what came after is heard", () -> hearing.events.contains("PUT /b/after"));
        assertThat(hearing.events).doesNotContain("PUT /b/before");
    }

    @Test
    void breaksWhereItsRevisionIsCompacted() throws Exception {
        put("/b/x");
        long revision = operator.revision();
        put("/b/x");
        operator.compact();

        watch(client, revision);

        assertThat(hearing.broke.get(10, TimeUnit.SECONDS))
                .endsWith("ended by the member: what was asked for is compacted");
    }

    @Test
    void breaksWhenItsMemberFallsSilent() throws Exception {
        try (SilentMember silent = new SilentMember("")) {
            EtcdClient other = client(silent.endpoint());
            watch(other, 0);

            assertThat(hearing.broke.get(20, TimeUnit.SECONDS)).endsWith("it has gone silent");
            other.close();
        }
    }

    @Test
    void oneThatIsEndedIsNotHeardOfAgain() throws Exception {
        Watch watch = watch(client, 0);
        eventually("it is made", () -> hearing.made.get() == 1);

        client.loop().submit(watch::end).get(10, TimeUnit.SECONDS);
        client.close();

        assertThat(watch.isOver()).isTrue();
        assertThat(hearing.broke).isNotDone();
    }
}
