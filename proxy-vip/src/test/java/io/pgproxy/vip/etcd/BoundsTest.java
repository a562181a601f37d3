package io.pgproxy.vip.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.etcd.SilentMember;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the client takes of its process, and that it gives it back. */
@Timeout(60)
class BoundsTest {
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("etcd") || name.startsWith("grpc"))
                .toList();
    }

    @Test
    void aMemberThatIsSilentForLongCostsOneConnectionAtATime() throws Exception {
        try (SilentMember silent = new SilentMember("");
                Asking client = Asking.at(silent.endpoint())) {
            int most = 0;
            for (int n = 0; n < 40; n++) {
                assertThat(client.ask(new EtcdCall.Read(), 100)).isInstanceOf(Failed.class);
                most = Math.max(most, silent.open());
            }

            assertThat(silent.accepted()).as("it was given up").isGreaterThan(1);
            assertThat(most).as("connections at once").isEqualTo(1);
        }
    }

    @Test
    void hasOneThreadForEverythingAndOneForFiles() throws Exception {
        try (SilentMember silent = new SilentMember("");
                SilentMember other = new SilentMember("");
                Asking client = Asking.at(silent.endpoint(), other.endpoint())) {
            client.ask(new EtcdCall.Read());

            assertThat(threads())
                    .filteredOn(name -> name.startsWith("etcd"))
                    .containsExactlyInAnyOrder("etcd", "etcd files");
        }
    }

    @Test
    void aClosedClientLeavesNoConnectionAndNoThread() throws Exception {
        try (SilentMember silent = new SilentMember("")) {
            Asking client = Asking.at(silent.endpoint());
            client.ask(new EtcdCall.Read());
            eventually("there is a connection", () -> silent.open() == 1);

            client.close();

            eventually("there is none", () -> silent.open() == 0);
            eventually("there is no thread", () -> threads().isEmpty());
        }
    }

    @Test
    void closingEndsTheCallsThatAreUnderWay() throws Exception {
        try (SilentMember silent = new SilentMember("")) {
            Asking client = Asking.at(silent.endpoint());
            Asking.Waiting waiting = client.begin(new EtcdCall.Read(), 60_000);

            client.close();

            assertThat(waiting.answer()).isEqualTo(new Failed("the connections to etcd are closed"));
        }
    }

    @Test
    void mayBeClosedTwice() throws Exception {
        try (SilentMember silent = new SilentMember("")) {
            Asking client = Asking.at(silent.endpoint());
            client.close();

            client.close();

            assertThat(client.ask(new EtcdCall.Read())).isInstanceOf(Failed.class);
        }
    }
}
