package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import io.pgproxy.health.decide.ProbeResult;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One node, asked by a scripted probe at times of our choosing. */
class PollerTest {
    private static final NodeConfig NODE = Settings.node("pg102", "127.0.0.1", 8008);
    private static final ProbeOutcome OUTCOME = ProbeOutcome.failed(Kind.TIMED_OUT, "scripted");

    private final List<CompletableFuture<ProbeOutcome>> asked = new ArrayList<>();
    private final List<ProbeResult> results = new ArrayList<>();
    private long now;
    private final Poller poller = poller("127.0.0.1");

    private Poller poller(String host) {
        NodeAddress address = new NodeAddress(
                host,
                3,
                name -> {
                    throw new UnknownHostException(name);
                },
                Runnable::run,
                Runnable::run,
                notice -> {});
        return new Poller(
                NODE,
                address,
                (node, target) -> {
                    asked.add(new CompletableFuture<>());
                    return asked.get(asked.size() - 1);
                },
                new Neighbours(notice -> {}),
                Runnable::run,
                () -> now);
    }

    private void tick(Poller whose, long nanos) {
        now = nanos;
        whose.askIfDue(100, (name, result) -> results.add(result));
    }

    @Test
    void theFirstCheckIsDueAtOnce() {
        tick(poller, 0);
        assertThat(asked).hasSize(1);
    }

    @Test
    void atMostOneCheckIsUnderWay() {
        tick(poller, 0);
        tick(poller, 1000);
        assertThat(asked).hasSize(1);
    }

    @Test
    void thePauseRunsFromTheStartOfTheLastCheck() {
        tick(poller, 0);
        now = 60;
        asked.get(0).complete(OUTCOME);
        tick(poller, 99);
        assertThat(asked).hasSize(1);
        tick(poller, 100);
        assertThat(asked).hasSize(2);
    }

    @Test
    void whoIsHurriedIsAskedSoonerThisOnce() {
        tick(poller, 0);
        now = 10;
        asked.get(0).complete(OUTCOME);
        poller.hurry(25);
        assertThat(poller.dueInNanos(100)).isEqualTo(15);
        tick(poller, 24);
        assertThat(asked).hasSize(1);
        tick(poller, 25);
        assertThat(asked).hasSize(2);
        now = 30;
        asked.get(1).complete(OUTCOME);
        tick(poller, 124);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aCheckThatIsUnderWayIsFollowedByAnotherIfSomethingHappensMeanwhile() {
        tick(poller, 0);
        poller.hurry(25);
        tick(poller, 50);
        assertThat(asked).hasSize(1);
        asked.get(0).complete(OUTCOME);
        tick(poller, 51);
        assertThat(asked).hasSize(2);
    }

    /** Whoever may write to etcd may name the node a thousand times a second. */
    @Test
    void whoIsHurriedAllTheTimeIsSoTwentyTimes() {
        for (int n = 0; n < 1_000; n++) {
            poller.hurry(25);
            tick(poller, 30L * n);
            if (asked.size() > results.size()) {
                asked.get(asked.size() - 1).complete(OUTCOME);
            }
        }
        assertThat(asked).hasSizeBetween(250, 250 + 20);
    }

    @Test
    void theResultCarriesWhenItWasAskedAndAnswered() {
        tick(poller, 7);
        now = 60;
        asked.get(0).complete(OUTCOME);
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.askedNanos()).isEqualTo(7);
            assertThat(result.answeredNanos()).isEqualTo(60);
        });
    }

    @Test
    void nobodyIsAskedBeforeTheNameHasBeenLookedUp() {
        tick(poller("pg102.test"), 0);
        assertThat(asked).isEmpty();
        assertThat(results).isEmpty();
    }

    @Test
    void aNameThatDoesNotResolveIsAnOutcomeToo() {
        Poller lost = poller("pg102.test");
        lost.address().refresh(false, 0);
        tick(lost, 0);
        assertThat(asked).isEmpty();
        assertThat(results)
                .singleElement()
                .satisfies(result -> assertThat(result.outcome().kind()).isEqualTo(Kind.UNRESOLVED));
    }
}
