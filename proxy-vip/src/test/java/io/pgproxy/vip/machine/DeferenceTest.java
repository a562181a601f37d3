package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a holder lets go of, and a standby leaves, because another member would serve the clients better. */
class DeferenceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Preferences AFTER_10_S =
            new Preferences(OptionalLong.of(10 * SECOND), 100, OptionalLong.empty(), 2 * SECOND);
    private static final Condition SEES = new Condition(true, true, false, 100);
    private static final Condition BLIND = new Condition(true, false, false, 100);
    private static final Condition NOT_READY = new Condition(false, true, false, 100);
    private static final Condition ASKS = new Condition(true, true, true, 101);

    private static Stage holding(Preferences preferences) {
        return Stage.preferring(preferences).holding().tell(new Event.PrimarySeen(true));
    }

    private static Stage blind(Preferences preferences) {
        return holding(preferences).live(1_000, SEES).tell(new Event.PrimarySeen(false));
    }

    private static boolean stays(Stage stage) {
        return stage.state() == State.HOLD && !stage.status().leaving();
    }

    @Nested
    class UnfitOrAsked {
        private static final Event UNFIT = new Event.Eligible(false, "a loop is blocked");

        private static Stage unheard() {
            return Stage.withPeer().holding().liveAlone(1_000);
        }

        @Test
        void theHolderLetsGoForOneThatIsReady() {
            assertThat(stays(Stage.withPeer().holding().tell(UNFIT))).isFalse();
            assertThat(stays(Stage.withPeer().holding().tell(new Event.Move(0))))
                    .isFalse();
        }

        @Test
        void theHolderStaysWhileNobodyElseIsHeardAndSaysSoOnce() {
            Stage stage = unheard().tell(UNFIT).tell(UNFIT);
            assertThat(stays(stage)).isTrue();
            assertThat(stage.status().trouble()).isEqualTo("a loop is blocked");
            assertThat(stage.notes())
                    .containsOnlyOnce("nobody else could take the address, so it stays although a loop is blocked");
        }

        @Test
        void theHolderStaysWhileTheOtherWouldNotClaim() {
            assertThat(stays(unheard().peerSays(NOT_READY).tell(UNFIT))).isTrue();
            assertThat(stays(unheard().peerSays(NOT_READY).tell(new Event.Move(0))))
                    .isTrue();
        }

        @Test
        void theHolderStaysWithoutEtcdSinceNobodyCouldClaim() {
            Stage stage = Stage.withPeer().holding().runMillis(1_000).peerSays(Stage.READY);
            assertThat(stays(stage.tell(UNFIT).tell(new Event.Move(0)))).isTrue();
        }

        /** Asked twice, by somebody who cannot wait. */
        @Test
        void whoIsLettingGoTakesAShorterDrain() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Move(30 * SECOND));
            stage.liveAlone(1_000).forget().tell(new Event.Move(0));
            assertThat(stage.drains()).containsExactly(0L);
            assertThat(stage.notes()).noneMatch(note -> note.contains("it stays"));
        }

        @Test
        void theHolderLetsGoOnceAnotherIsReady() {
            Stage stage = unheard().tell(UNFIT).peerSays(Stage.READY).tell(UNFIT);
            assertThat(stays(stage)).isFalse();
        }

        /** Where none are configured nobody is heard, and others may be there all the same. */
        @Test
        void theHolderLetsGoWithoutPeers() {
            assertThat(stays(Stage.alone().holding().tell(UNFIT))).isFalse();
        }
    }

    @Nested
    class WithoutAPrimaryInSight {
        @Test
        void theHolderLetsGoAfterAWhileIfAnotherSeesOne() {
            Stage stage = blind(AFTER_10_S).forget().live(9_900, SEES);
            assertThat(stays(stage)).isTrue();
            stage.live(200, SEES);
            assertThat(stage.drains()).containsExactly(0L);
            assertThat(stage.notes())
                    .contains("letting go of the address: no primary in sight for 10 s, and b:7001 sees one");
        }

        @Test
        void theHolderStaysIfItsSightComesBackInTime() {
            Stage stage = blind(AFTER_10_S).live(9_900, SEES).tell(new Event.PrimarySeen(true));
            stage.live(100, SEES).tell(new Event.PrimarySeen(false));
            assertThat(stays(stage.live(9_900, SEES))).isTrue();
        }

        /** When a new primary comes up somebody sees it first, and nobody has seen one for a while. */
        @Test
        void theWhileBeginsWhenTheOtherSeesOne() {
            Stage stage = blind(AFTER_10_S).live(30_000, BLIND).live(9_900, SEES);
            assertThat(stays(stage)).isTrue();
            assertThat(stays(stage.live(300, SEES))).isFalse();
        }

        @Test
        void aFewLostWordsBeginNothingAnew() {
            Stage stage = blind(AFTER_10_S).live(6_000, SEES).liveAlone(800).live(3_500, SEES);
            assertThat(stays(stage)).isFalse();
        }

        @Test
        void anAbsenceOfTheOtherBeginsItAnew() {
            Stage stage = blind(AFTER_10_S).live(6_000, SEES).liveAlone(1_000).live(9_900, SEES);
            assertThat(stays(stage)).isTrue();
        }

        @Test
        void theHolderStaysIfNobodyElseIsHeard() {
            assertThat(stays(blind(AFTER_10_S).liveAlone(30_000))).isTrue();
        }

        @Test
        void theHolderStaysIfTheOtherWouldNotClaim() {
            assertThat(stays(blind(AFTER_10_S).live(30_000, NOT_READY))).isTrue();
        }

        @Test
        void theHolderStaysIfThatIsOff() {
            assertThat(stays(blind(Preferences.NONE).live(30_000, SEES))).isTrue();
        }

        @Test
        void theHolderStaysByPromisesSinceNobodyCouldClaim() {
            Stage stage = blind(AFTER_10_S);
            for (int i = 0; i < 60; i++) {
                stage.hear(new PeerMessage.Hello(Stage.PEER, Stage.ME, stage.nextPeerSeq(), SEES));
                stage.runMillis(310);
                if (!stage.said(PeerMessage.Request.class).isEmpty()) {
                    stage.promise();
                }
            }
            assertThat(stays(stage)).isTrue();
        }

        @Test
        void wordsToAnOlderRunOfOursCountForNothing() {
            Stage stage = blind(AFTER_10_S);
            for (int i = 0; i < 120; i++) {
                stage.hear(new PeerMessage.Hello(Stage.PEER, new Instance(Stage.A, 10), stage.nextPeerSeq(), SEES));
                stage.liveAlone(100);
            }
            assertThat(stays(stage)).isTrue();
        }

        @Test
        void whatNobodyTakesComesBackAndStaysForAMinute() {
            Stage stage = blind(AFTER_10_S).live(10_200, SEES).endSessions();
            assertThat(stage.live(4_900, SEES).state()).isEqualTo(State.STANDBY);
            assertThat(stage.live(300, SEES).state()).isEqualTo(State.CLAIM);
            stage.winClaim(3);
            assertThat(stays(stage.live(54_000, SEES))).isTrue();
            assertThat(stays(stage.live(2_000, SEES))).isFalse();
        }

        @Test
        void aStandbyLeavesTheKeyToAnotherThatSeesOne() {
            Stage stage = Stage.preferring(AFTER_10_S).settled().live(4_900, SEES);
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.status().trouble()).isEqualTo("no primary is in sight, and b:7001 sees one");
            assertThat(stage.live(300, SEES).state()).isEqualTo(State.CLAIM);
        }

        @Test
        void aStandbyClaimsAtOnceIfTheOtherSeesNoneEither() {
            assertThat(Stage.preferring(AFTER_10_S).settled().live(200, BLIND).state())
                    .isEqualTo(State.CLAIM);
        }
    }

    @Nested
    class WhenAnotherAsks {
        @Test
        void theHolderOfLowerPriorityHandsOverAndLetsTheSessionsEnd() {
            Stage stage = holding(AFTER_10_S).forget().live(100, ASKS);
            assertThat(stage.drains()).containsExactly(2 * SECOND);
            assertThat(stage.notes())
                    .contains("letting go of the address: b:7001 asks for it, whose priority is 101 and ours 100");
        }

        @Test
        void theHolderStaysForOneOfTheSamePriority() {
            assertThat(stays(holding(AFTER_10_S).live(5_000, new Condition(true, true, true, 100))))
                    .isTrue();
        }

        @Test
        void theHolderStaysForOneThatWouldNotClaim() {
            assertThat(stays(holding(AFTER_10_S).live(5_000, new Condition(false, true, true, 101))))
                    .isTrue();
        }

        @Test
        void theHolderWithAPrimaryInSightStaysForOneWithout() {
            Condition blind = new Condition(true, false, true, 101);
            Stage stage = holding(AFTER_10_S).live(5_000, blind);
            assertThat(stays(stage)).isTrue();
            assertThat(stays(stage.tell(new Event.PrimarySeen(false)).live(200, blind)))
                    .isFalse();
        }

        @Test
        void theHolderStaysWhileEtcdIsSilent() {
            Stage stage = holding(AFTER_10_S).runMillis(760);
            stage.hear(new PeerMessage.Hello(Stage.PEER, Stage.ME, stage.nextPeerSeq(), ASKS));
            assertThat(stays(stage)).isTrue();
        }

        @Test
        void aStandbyOfLowerPriorityLeavesTheKeyToIt() {
            Stage stage = Stage.preferring(AFTER_10_S).settled().tell(new Event.PrimarySeen(true));
            stage.peerHolds(9).live(1_000, ASKS).nobodyHolds().live(500, ASKS);
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.status().trouble()).isEqualTo("b:7001 has asked for it, whose priority is higher");
            assertThat(stage.live(1_300, new Condition(true, true, false, 101)).state())
                    .isEqualTo(State.CLAIM);
        }

        @Test
        void theHolderThatGotItBackStaysForAMinute() {
            Stage stage = holding(AFTER_10_S).live(100, ASKS).endSessions();
            stage.live(5_200, ASKS).winClaim(3);
            assertThat(stays(stage.live(54_000, ASKS))).isTrue();
            assertThat(stays(stage.live(2_000, ASKS))).isFalse();
        }
    }
}
