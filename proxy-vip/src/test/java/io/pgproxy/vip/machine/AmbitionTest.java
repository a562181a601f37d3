package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When an instance asks the holder for the address. */
class AmbitionTest {
    private static final Condition HOLDER = new Condition(false, true, false, 100);

    private static Preferences preempting(int priority) {
        return new Preferences(OptionalLong.empty(), priority, OptionalLong.of(TimeUnit.SECONDS.toNanos(30)), 0);
    }

    private static Stage standby(int priority) {
        return Stage.preferring(preempting(priority))
                .settled()
                .peerHolds(9)
                .tell(new Event.PrimarySeen(true))
                .forget();
    }

    /** Whether one of its hellos since {@link Stage#forget} asked. */
    private static boolean hasAsked(Stage stage) {
        List<PeerMessage.Hello> hellos = stage.said(PeerMessage.Hello.class);
        assertThat(hellos).isNotEmpty();
        return hellos.stream().anyMatch(hello -> hello.condition().asks());
    }

    @Test
    void asksAHolderOfLowerPriorityOnceItIsFitForSoLong() {
        Stage stage = standby(101).live(29_900, HOLDER);
        assertThat(hasAsked(stage)).isFalse();
        assertThat(hasAsked(stage.live(500, HOLDER))).isTrue();
        assertThat(stage.notes()).containsOnlyOnce("asking b:7001 for the address: its priority is 100, ours 101");
    }

    @Test
    void saysHowItIsWithEveryHello() {
        Stage stage = standby(101).live(1_000, HOLDER);
        assertThat(stage.said(PeerMessage.Hello.class))
                .last()
                .extracting(PeerMessage.Hello::condition)
                .isEqualTo(new Condition(true, true, false, 101));
    }

    @Test
    void asksNobodyOfTheSamePriority() {
        assertThat(hasAsked(standby(100).live(120_000, HOLDER))).isFalse();
    }

    @Test
    void asksNobodyIfThatIsOff() {
        Preferences off = new Preferences(OptionalLong.empty(), 101, OptionalLong.empty(), 0);
        Stage stage = Stage.preferring(off).settled().peerHolds(9).tell(new Event.PrimarySeen(true));
        assertThat(hasAsked(stage.live(120_000, HOLDER))).isFalse();
    }

    @Test
    void asksNoHolderThatIsNotHeard() {
        assertThat(hasAsked(standby(101).live(1_000, HOLDER).liveAlone(60_000))).isFalse();
    }

    @Test
    void aBreakInItsFitnessBeginsTheTimeAnew() {
        Stage stage = standby(101).live(20_000, HOLDER).tell(new Event.Eligible(false, "no link"));
        stage.live(100, HOLDER).tell(new Event.Eligible(true, ""));
        assertThat(hasAsked(stage.live(29_900, HOLDER))).isFalse();
        assertThat(hasAsked(stage.live(500, HOLDER))).isTrue();
    }

    @Test
    void aBreakInItsSightBeginsItAnewIfTheHolderSeesAPrimary() {
        Stage stage = standby(101).live(20_000, HOLDER).tell(new Event.PrimarySeen(false));
        stage.live(100, HOLDER).tell(new Event.PrimarySeen(true));
        assertThat(hasAsked(stage.live(29_900, HOLDER))).isFalse();
        assertThat(hasAsked(stage.live(500, HOLDER))).isTrue();
    }

    @Test
    void asksNoHolderThatSeesAPrimaryWhileItSeesNone() {
        Stage stage = standby(101).tell(new Event.PrimarySeen(false));
        assertThat(hasAsked(stage.live(60_000, HOLDER))).isFalse();
    }

    @Test
    void whereNobodySeesAPrimaryNoneIsNeeded() {
        Stage stage = standby(101).tell(new Event.PrimarySeen(false));
        assertThat(hasAsked(stage.live(31_000, new Condition(false, false, false, 100))))
                .isTrue();
    }

    @Test
    void aKeyThatMovesBeginsItAnew() {
        Stage stage = standby(101)
                .live(31_000, HOLDER)
                .peerHolds(10)
                .live(400, HOLDER)
                .forget();
        assertThat(hasAsked(stage.live(29_000, HOLDER))).isFalse();
        assertThat(hasAsked(stage.live(1_500, HOLDER))).isTrue();
    }

    @Test
    void whoeverHandedItOverWaitsAsLong() {
        Stage stage = Stage.preferring(preempting(101)).holding().tell(new Event.PrimarySeen(true));
        stage.live(40_000, HOLDER).peerSays(Stage.READY).tell(new Event.Move(0)).endSessions();
        stage.peerHolds(10).live(400, HOLDER).forget();
        assertThat(hasAsked(stage.live(29_000, HOLDER))).isFalse();
        assertThat(hasAsked(stage.live(1_500, HOLDER))).isTrue();
    }
}
