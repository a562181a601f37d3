package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Action.Touch;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VipMachineTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Nested
    class Start {
        @Test
        void removesAnAddressThatWasLeftOver() {
            assertThat(Stage.withPeer().tell(new Event.Started()).has(Action.Delete.class))
                    .isTrue();
        }

        @Test
        void claimsNothingForAsLongAsAnOlderRunMayHavePromised() {
            Stage stage = Stage.withPeer().start().lookFindsReleased();
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.runMillis(3_000).lookFindsReleased().state()).isEqualTo(State.CLAIM);
        }

        @Test
        void claimsAsSoonAsThePeerSaysThatItReliesOnNothing() {
            assertThat(Stage.withPeer().settled().lookFindsReleased().state()).isEqualTo(State.CLAIM);
        }

        @Test
        void takesNoOldAnswerForThat() {
            Stage stage = Stage.withPeer().start().hear(new PeerMessage.NoReliance(Stage.PEER, Stage.ME, 1_000));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.STANDBY);
        }

        @Test
        void aloneItIsBoundToNobody() {
            assertThat(Stage.alone().start().lookFindsReleased().state()).isEqualTo(State.CLAIM);
        }
    }

    @Nested
    class Claim {
        @Test
        void putsTheAddressOnAtOnceAfterARelease() {
            Stage stage = Stage.withPeer().settled().lookFindsReleased().winClaim(3);
            assertThat(stage.all(Touch.class))
                    .extracting(Touch::lifetimeSeconds)
                    .containsExactly(2);
            assertThat(stage.has(Action.Probe.class)).isFalse();
        }

        @Test
        void probesTwiceAndProvesOnceMoreAfterAnUncleanEnd() {
            Stage stage = Stage.withPeer().settled().lookFindsNobody().winClaim(3);
            assertThat(stage.state()).isEqualTo(State.PROBE);
            stage.runMillis(199);
            assertThat(stage.all(Action.Probe.class)).hasSize(2);
            assertThat(stage.calls.values()).noneMatch(EtcdCall.Read.class::isInstance);
            stage.runMillis(2);
            assertThat(stage.has(Touch.class)).isFalse();
            assertThat(stage.proofShowsOurKey().has(Touch.class)).isTrue();
        }

        @Test
        void probesAgainAfterAnAnswer() {
            Stage stage =
                    Stage.withPeer().settled().lookFindsNobody().winClaim(3).runMillis(150);
            stage.tell(new Event.ConflictSeen("02:00:00:00:00:01", true))
                    .forget()
                    .runMillis(250);
            assertThat(stage.all(Action.Probe.class)).hasSize(2);
            assertThat(stage.state()).isEqualTo(State.PROBE);
        }

        @Test
        void probesAgainWhenAQuestionDidNotGoOut() {
            Stage stage =
                    Stage.withPeer().settled().lookFindsNobody().winClaim(3).runMillis(150);
            stage.tell(new Event.NotAsked()).forget().runMillis(250);
            assertThat(stage.all(Action.Probe.class)).hasSize(2);
            assertThat(stage.state()).isEqualTo(State.PROBE);
        }

        @Test
        void aProofThatIsTooOldPutsNothingOn() {
            Stage stage =
                    Stage.withPeer().settled().lookFindsNobody().winClaim(3).runMillis(201);
            stage.now += TimeUnit.MILLISECONDS.toNanos(95);
            assertThat(stage.proofShowsOurKey().has(Touch.class)).isFalse();
        }

        @Test
        void ofALeaseThatIsShorterThanAskedForCountsWhatWasGranted() {
            Stage stage = Stage.withPeer().settled().lookFindsReleased().winClaim(2);
            assertThat(stage.status().etcdUntilNanos() - stage.now).isEqualTo(SECOND * 192 / 100);
        }

        @Test
        void thatIsLostGivesTheLeaseBack() {
            Stage stage = Stage.withPeer().settled().lookFindsReleased();
            stage.answer(EtcdCall.Grant.class, new EtcdAnswer.Granted(Stage.LEASE, 3));
            stage.answer(EtcdCall.Claim.class, new EtcdAnswer.Done(false, 9));
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
        }

        @Test
        void thatIsWonAfterItWasGivenUpIsNeverUsed() {
            Stage stage = Stage.withPeer().settled().lookFindsReleased();
            stage.answer(EtcdCall.Grant.class, new EtcdAnswer.Granted(Stage.LEASE, 3));
            long claim = stage.idOf(EtcdCall.Claim.class);
            stage.passMillis(501);
            stage.tell(new Event.Answered(claim, new EtcdAnswer.Done(true, Stage.REVISION)));
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.has(Touch.class)).isFalse();
            assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
        }

        @Test
        void isNotMadeByOneThatTheRecordDoesNotName() {
            Stage stage = Stage.withPeer().settled();
            Holding others = new Holding(Stage.PEER, new TreeSet<>(List.of(Stage.B, new Member("c:7001"))), false);
            stage.answer(
                    EtcdCall.Read.class,
                    new EtcdAnswer.Seen(Optional.empty(), Optional.of(new EtcdAnswer.Kept(3, others)), Stage.TERM));
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.all(Action.Note.class))
                    .extracting(Action.Note::level)
                    .contains(Action.Level.ERROR);
        }

        @Test
        void isNotMadeByOneThatIsNotFit() {
            Stage stage = Stage.withPeer().settled().tell(new Event.Eligible(false, "no descriptors"));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.STANDBY);
            assertThat(stage.status().trouble()).isEqualTo("no descriptors");
        }
    }

    @Nested
    class Hold {
        @Test
        void aKeepAliveAloneExtendsNothing() {
            Stage stage = Stage.withPeer().holding();
            long before = stage.status().etcdUntilNanos();
            stage.passMillis(500).answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM));
            assertThat(stage.status().etcdUntilNanos()).isEqualTo(before);
        }

        @Test
        void countsARenewalFromTheMomentBeforeItWasSent() {
            Stage stage = Stage.withPeer().holding().passMillis(500);
            long sent = stage.now;
            stage.passMillis(100).answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM));
            stage.passMillis(100).proofShowsOurKey();
            assertThat(stage.status().etcdUntilNanos()).isEqualTo(sent + 29 * SECOND / 10);
        }

        @Test
        void aRenewalByAnotherLeaderThanTheReadsCountsForNothing() {
            Stage stage = Stage.withPeer().holding();
            long before = stage.status().etcdUntilNanos();
            stage.passMillis(500).answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM - 1));
            stage.proofShowsOurKey();
            assertThat(stage.status().etcdUntilNanos()).isEqualTo(before);
        }

        @Test
        void thatThereIsNoLeaseIsBelievedOnlyOfARead() {
            Stage stage = Stage.withPeer().holding();
            stage.passMillis(500).answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(0, Stage.TERM));
            assertThat(stage.proofShowsOurKey().state()).isEqualTo(State.HOLD);
            stage.passMillis(500).answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(0, Stage.TERM));
            assertThat(stage.lookFindsNobody().state()).isEqualTo(State.STANDBY);
        }

        @Test
        void theKernelIsToldLessThanTheAuthority() {
            Stage stage = Stage.withPeer().holding();
            for (int i = 0; i < 20; i++) {
                stage.renew();
                VipStatus status = stage.status();
                assertThat(status.addressUntilNanos()).isLessThanOrEqualTo(status.deadlineNanos() - SECOND / 2);
                assertThat(status.addressUntilNanos()).isGreaterThan(stage.now + SECOND);
            }
        }

        @Test
        void touchesAgainJustBeforeTheWholeSecondsBecomeOneFewer() {
            Stage stage = Stage.withPeer().holding();
            long deadline = stage.status().deadlineNanos();
            stage.forget().runMillis(450);
            assertThat(stage.all(Touch.class)).hasSize(1);
            assertThat(stage.status().addressUntilNanos()).isGreaterThan(deadline - 71 * SECOND / 100);
        }

        /** Who is too late for it is killed, on a machine that is busy too. */
        @Test
        void noTouchBetweenTwoRenewalsIsInAHurry() {
            Stage stage = Stage.withPeer().holding().renew().forget();
            stage.runMillis(450);
            assertThat(stage.all(Touch.class)).hasSize(1);
            long decided = stage.status().addressUntilNanos() - 2 * SECOND;
            assertThat(stage.last(Touch.class, any -> true).fuseAtNanos()).isGreaterThan(decided + SECOND / 4);
        }

        /** Etcd hears whoever hears nothing, and would keep the lease from everybody for as long as it is asked to. */
        @Test
        void afterAKeepAliveWithoutAnAnswerEtcdHasToAnswerAReadFirst() {
            Stage stage = Stage.withPeer().holding().runMillis(550);
            assertThat(keepAlives(stage)).isEqualTo(1);
            stage.runMillis(1_000);
            assertThat(keepAlives(stage)).isEqualTo(1);
            stage.proofShowsOurKey();
            assertThat(keepAlives(stage)).isEqualTo(2);
        }

        private static long keepAlives(Stage stage) {
            return stage.all(Action.Call.class).stream()
                    .filter(call -> call.call() instanceof EtcdCall.KeepAlive)
                    .count();
        }

        @Test
        void lettingGoComesAtTheDeadline() {
            Stage stage = Stage.withPeer().holding();
            long deadline = stage.status().deadlineNanos();
            stage.forget().runMillis((deadline - stage.now) / 1_000_000 - 1);
            assertThat(stage.state()).isEqualTo(State.HOLD);
            assertThat(stage.runMillis(2).state()).isEqualTo(State.STANDBY);
            assertThat(stage.has(Action.Delete.class)).isTrue();
            assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
        }

        @Test
        void promisesOfAllOthersBridgeAnOutageOfEtcd() {
            Stage stage = Stage.withPeer().holding();
            for (int i = 0; i < 200; i++) {
                stage.runMillis(310);
                if (!stage.said(PeerMessage.Request.class).isEmpty()) {
                    stage.promise();
                }
            }
            assertThat(stage.state()).isEqualTo(State.HOLD);
            assertThat(stage.status().addressUntilNanos()).isGreaterThan(stage.now);
        }

        @Test
        void aPromiseCountsOnceAndFromTheMomentBeforeItWasAskedFor() {
            Stage stage = Stage.withPeer().holding().runMillis(751);
            PeerMessage.Request request = stage.lastRequest();
            long asked = stage.now;
            stage.runMillis(40).hear(new PeerMessage.Promise(Stage.PEER, Stage.ME, request.seq()));
            assertThat(stage.status().promisedUntilNanos())
                    .isBetween(asked + 289 * SECOND / 100, asked + 29 * SECOND / 10);
        }

        @Test
        void aPromiseThatNobodyAskedForCountsForNothing() {
            Stage stage = Stage.withPeer().holding().runMillis(760);
            stage.hear(new PeerMessage.Promise(Stage.PEER, Stage.ME, 9_999));
            assertThat(stage.status().promisedUntilNanos()).isLessThan(stage.now);
        }

        @Test
        void withoutPromisesAKeyThatIsGoneEndsItAtOnce() {
            Stage stage = Stage.withPeer().holding().passMillis(500);
            stage.answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM))
                    .forget();
            stage.answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.empty(), Optional.empty(), Stage.TERM));
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.has(Action.Delete.class)).isTrue();
        }

        @Test
        void withPromisesAKeyThatIsGoneIsClaimedAgainWithTheAddressUp() {
            Stage stage = Stage.withPeer().holding().runMillis(760).promise();
            stage.runMillis(300).forget();
            stage.answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(0, Stage.TERM));
            assertThat(stage.state()).isEqualTo(State.HOLD);
            stage.lookFindsNobody().runMillis(501);
            stage.winClaim(3);
            assertThat(stage.state()).isEqualTo(State.HOLD);
            assertThat(stage.has(Action.Delete.class)).isFalse();
            assertThat(stage.status().etcdUntilNanos()).isGreaterThan(stage.now + 2 * SECOND);
        }

        @Test
        void aKeyThatIsAnothersEndsItEvenWithPromises() {
            Stage stage = Stage.withPeer().holding().runMillis(760).promise().forget();
            stage.answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM));
            stage.answer(
                    EtcdCall.Read.class,
                    new EtcdAnswer.Seen(Optional.of(new EtcdAnswer.Key(9, Stage.PEER)), Optional.empty(), Stage.TERM));
            assertThat(stage.has(Action.Delete.class)).isTrue();
        }

        @Test
        void anAddressThatSomebodyRemovedIsPutBackAfterAProof() {
            Stage stage = Stage.withPeer().holding().passMillis(200).forget();
            stage.tell(new Event.AddressLost());
            assertThat(stage.has(Touch.class)).isFalse();
            assertThat(stage.proofShowsOurKey().has(Touch.class)).isTrue();
        }

        @Test
        void aHostThatStoodStillDropsTheAddressFirst() {
            Stage stage = Stage.withPeer().holding().forget().tell(new Event.StoodStill());
            assertThat(stage.has(Action.Delete.class)).isTrue();
            assertThat(stage.state()).isEqualTo(State.STANDBY);
        }

        @Test
        void promisesNothing() {
            Stage stage = Stage.withPeer().holding().forget();
            stage.hear(stage.requestOfPeer());
            assertThat(stage.said(PeerMessage.Refusal.class)).hasSize(1);
            assertThat(stage.runMillis(700).said(PeerMessage.Promise.class)).isEmpty();
        }

        @Test
        void aloneItAsksNobodyAndLetsGoAtTheDeadline() {
            Stage stage = Stage.alone().holding().forget().runMillis(8_000);
            assertThat(stage.said()).isEmpty();
            assertThat(stage.state()).isEqualTo(State.STANDBY);
        }
    }

    @Nested
    class HandOver {
        @Test
        void endsTheSessionsBeforeTheAddressGoesAndTheKeyAfterIt() {
            Stage stage = Stage.withPeer().holding().forget().tell(new Event.Stop(0));
            assertThat(stage.has(Action.EndSessions.class)).isTrue();
            assertThat(stage.has(Action.Delete.class)).isFalse();
            stage.endSessions();
            assertThat(stage.has(Action.Delete.class)).isTrue();
            assertThat(stage.calls.values()).anyMatch(EtcdCall.Release.class::isInstance);
            assertThat(stage.said(PeerMessage.Released.class)).hasSize(1);
            assertThat(stage.calls.values()).noneMatch(EtcdCall.Revoke.class::isInstance);
            stage.answer(EtcdCall.Release.class, new EtcdAnswer.Done(true, 9));
            assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
        }

        /** A lease of 3 s is sure for 2.9 s, of which the kernel is told 2 and may be 0.42 late. */
        @Test
        void aRenewalIsEndedOnlyWhenItWouldDoHarm() {
            Stage stage = Stage.withPeer().holding().forget().renew();
            Touch touch = stage.last(Touch.class, any -> true);
            assertThat(touch.lifetimeSeconds()).isEqualTo(2);
            assertThat(touch.fuseAtNanos()).isEqualTo(stage.status().etcdUntilNanos() - 2_420 * SECOND / 1_000);
            assertThat(touch.fuseAtNanos()).isGreaterThan(stage.now + 400 * SECOND / 1_000);
        }

        /** The kernel drops it then, and a call that came later would put it on again. */
        @Test
        void aRenewalIsEndedWhenTheKernelMightHaveDroppedTheAddress() {
            Stage stage = Stage.withPeer().holding().renew();
            long dropped = stage.runMillis(450).status().addressUntilNanos();
            stage.forget().runMillis((dropped - stage.now) / 1_000_000 - 150).proofShowsOurKey();
            stage.answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM))
                    .proofShowsOurKey();
            assertThat(stage.last(Touch.class, any -> true).fuseAtNanos()).isEqualTo(dropped);
        }

        @Test
        void waitsForNoSessionThatCannotBeToldToEnd() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Eligible(false, "a loop is blocked"));
            assertThat(stage.liveAlone(1_900).state()).isEqualTo(State.HOLD);
            assertThat(stage.liveAlone(200).state()).isEqualTo(State.STANDBY);
        }

        @Test
        void keepsTheAddressForTheSessionsThatAreToldToEnd() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Move(0)).forget();
            stage.liveAlone(1_900);
            assertThat(stage.has(Touch.class)).isTrue();
            assertThat(stage.status().addressUntilNanos()).isGreaterThan(stage.now + SECOND);
        }

        @Test
        void takesNoEndFromBeforeTheAddressCameBackForThatOfTheSessionsNow() {
            Stage stage = Stage.withPeer().holding().tell(new Event.StoodStill());
            long before = stage.lastEnding();
            stage.passMillis(10).lookFindsReleased().winClaim(3);
            stage.tell(new Event.Move(0)).tell(new Event.SessionsEnded(before));
            assertThat(stage.state()).isEqualTo(State.HOLD);
            assertThat(stage.endSessions().state()).isEqualTo(State.STANDBY);
        }

        /** Held up once is what a JVM does that puts an address on for the first time. */
        @Test
        void triesToPutItOnOnceMoreAtOnceAndThenTakesItsTime() {
            Stage stage = Stage.withPeer().settled().breakKernel().lookFindsReleased();
            stage.forget().winClaim(3);
            assertThat(stage.all(Touch.class)).hasSize(2);
            stage.passMillis(50);
            assertThat(stage.all(Touch.class)).hasSize(2);
        }

        @Test
        void marksNoReleaseWhileTheAddressMayBeUp() {
            Stage stage = Stage.withPeer().holding().breakKernel().tell(new Event.Stop(0));
            stage.endSessions().runMillis(300);
            assertThat(stage.calls.values()).noneMatch(EtcdCall.Release.class::isInstance);
            assertThat(stage.said(PeerMessage.Released.class)).isEmpty();
        }

        /** It may hear nobody, etcd included, and be heard all the same. */
        @Test
        void whoHadToDropTheAddressTellsTheOthersThatItsKeyIsNobodysAFewTimes() {
            Stage stage = Stage.withPeer().holding().runMillis(2_700).forget();
            assertThat(stage.runMillis(1_000).state()).isEqualTo(State.STANDBY);
            assertThat(stage.said(PeerMessage.KeyGivenUp.class))
                    .hasSize(4)
                    .allMatch(said -> said.createRevision() == Stage.REVISION);
        }

        @Test
        void tellsNobodyThatAKeyIsGivenUpWhileTheAddressMayBeUp() {
            Stage stage = Stage.withPeer().holding().breakKernel().runMillis(4_000);
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.said(PeerMessage.KeyGivenUp.class)).isEmpty();
        }

        @Test
        void leavesItToEtcdToTellThatTheKeyOfACleanHandOverIsFree() {
            Stage stage = Stage.withPeer()
                    .holding()
                    .tell(new Event.Move(0))
                    .endSessions()
                    .runMillis(2_000);
            assertThat(stage.said(PeerMessage.KeyGivenUp.class)).isEmpty();
        }

        @Test
        void doesNotClaimAgainBeforeOthersHadTime() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Move(0)).endSessions();
            stage.answer(EtcdCall.Release.class, new EtcdAnswer.Done(true, 9));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.STANDBY);
            stage.runMillis(5_000);
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.CLAIM);
        }

        @Test
        void othersHaveThatTimeFromTheEndOfTheDrainOn() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Move(20 * SECOND));
            stage.liveAlone(22_100);
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            assertThat(stage.liveAlone(4_500).state()).isEqualTo(State.STANDBY);
            assertThat(stage.liveAlone(700).state()).isEqualTo(State.CLAIM);
        }

        @Test
        void aReasonToGoAtOnceCutsTheDrainShort() {
            Stage stage = Stage.withPeer().holding().tell(new Event.Move(3_600 * SECOND));
            stage.liveAlone(10_000).forget().tell(new Event.Eligible(false, "the cable is out"));
            assertThat(stage.drains()).containsExactly(0L);
            assertThat(stage.liveAlone(2_100).state()).isEqualTo(State.STANDBY);
        }

        @Test
        void theSameReasonAgainLeavesTheSessionsNoMoreTime() {
            Stage stage = Stage.withPeer().holding().forget().tell(new Event.Eligible(false, "a loop is blocked"));
            stage.liveAlone(1_500).tell(new Event.Eligible(false, "a loop is blocked"));
            assertThat(stage.liveAlone(600).state()).isEqualTo(State.STANDBY);
            assertThat(stage.drains()).hasSize(1);
        }

        @Test
        void aReasonThatLeavesMoreTimeChangesNothing() {
            Stage stage =
                    Stage.withPeer().holding().tell(new Event.Move(2 * SECOND)).forget();
            stage.tell(new Event.Stop(60 * SECOND));
            assertThat(stage.has(Action.EndSessions.class)).isFalse();
            assertThat(stage.liveAlone(4_100).state()).isEqualTo(State.STANDBY);
        }

        @Test
        void afterAStopNothingIsClaimed() {
            Stage stage = Stage.withPeer().settled().tell(new Event.Stop(0));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.STANDBY);
            assertThat(stage.status().idle()).isTrue();
        }
    }

    @Nested
    class Look {
        @Test
        void comesAtOnceWhenTheKeyMoves() {
            Stage stage = Stage.withPeer().settled().runMillis(10).forget();
            assertThat(stage.tell(new Event.KeyMoved()).reads()).isEqualTo(1);
        }

        @Test
        void comesTwentyTimesASecondAtMostWhateverOthersSay() {
            Stage stage = Stage.withPeer().settled().runMillis(10).forget();
            for (int i = 0; i < 500; i++) {
                stage.tell(new Event.KeyMoved()).hear(stage.requestOfPeer()).runMillis(2);
            }
            assertThat(stage.reads()).isBetween(19L, 21L);
        }
    }

    @Nested
    class Promise {
        @Test
        void isGivenOnlyWhereEtcdDoesNotWorkEither() {
            Stage stage = Stage.withPeer().settled().forget();
            stage.hear(stage.requestOfPeer());
            stage.runMillis(250);
            assertThat(stage.said(PeerMessage.Promise.class)).isEmpty();
            stage.runMillis(100);
            assertThat(stage.said(PeerMessage.Promise.class)).hasSize(1);
            assertThat(stage.status().boundUntilNanos()).isGreaterThan(stage.now + 28 * SECOND / 10);
        }

        @Test
        void isRefusedWhereEtcdAnswers() {
            Stage stage = Stage.withPeer().settled().forget();
            stage.hear(stage.requestOfPeer());
            stage.answer(
                    EtcdCall.Read.class,
                    new EtcdAnswer.Seen(Optional.of(new EtcdAnswer.Key(9, Stage.PEER)), Optional.empty(), Stage.TERM));
            assertThat(stage.said(PeerMessage.Refusal.class)).hasSize(1);
            assertThat(stage.runMillis(1_500).said(PeerMessage.Promise.class)).isEmpty();
        }

        @Test
        void bindsForItsWholeLength() {
            Stage stage = Stage.withPeer().settled();
            stage.hear(stage.requestOfPeer()).runMillis(350);
            stage.lookFindsReleased();
            assertThat(stage.state()).isEqualTo(State.STANDBY);
            stage.runMillis(3_000).lookFindsReleased();
            assertThat(stage.state()).isEqualTo(State.CLAIM);
        }

        @Test
        void isLiftedByTheReleaseOfItsRequester() {
            Stage stage = Stage.withPeer().settled();
            stage.hear(stage.requestOfPeer()).runMillis(350);
            stage.hear(new PeerMessage.Released(Stage.PEER, Stage.ME, stage.nextPeerSeq()));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.CLAIM);
        }

        @Test
        void isNotLiftedByAnOlderRelease() {
            Stage stage = Stage.withPeer().settled();
            long older = stage.nextPeerSeq();
            stage.hear(stage.requestOfPeer()).runMillis(350);
            stage.hear(new PeerMessage.Released(Stage.PEER, Stage.ME, older));
            assertThat(stage.lookFindsReleased().state()).isEqualTo(State.STANDBY);
        }

        @Test
        void isNotGivenForARequestThatWasHeardBefore() {
            Stage stage = Stage.withPeer().settled();
            PeerMessage.Request request = stage.requestOfPeer();
            stage.hear(request).runMillis(350).forget();
            assertThat(stage.hear(request).runMillis(800).said(PeerMessage.Promise.class))
                    .isEmpty();
        }

        @Test
        void isNotGivenToOneWithOtherMembers() {
            Stage stage = Stage.withPeer().settled().forget();
            stage.hear(new PeerMessage.Request(Stage.PEER, Stage.ME, stage.nextPeerSeq(), 4711));
            assertThat(stage.runMillis(800).said(PeerMessage.Promise.class)).isEmpty();
        }

        @Test
        void isNotGivenToOneWithOtherMembersWhichIsSaidOnce() {
            Stage stage = Stage.withPeer().settled().forget();
            for (int i = 0; i < 3; i++) {
                stage.hear(new PeerMessage.Request(Stage.PEER, Stage.ME, stage.nextPeerSeq(), 4711));
            }
            assertThat(stage.said(PeerMessage.Refusal.class)).hasSize(3);
            assertThat(stage.all(Action.Note.class))
                    .containsExactly(new Action.Note(
                            Action.Level.ERROR, Stage.B + " is configured with other members than we are"));
        }

        @Test
        void isNotGivenInTheNameOfAnOlderRun() {
            Stage stage = Stage.withPeer().settled().forget();
            PeerMessage.Request request = stage.requestOfPeer();
            stage.hear(new PeerMessage.Request(
                    Stage.PEER, new Instance(Stage.A, 10), request.seq(), request.membersHash()));
            assertThat(stage.runMillis(800).said(PeerMessage.Promise.class)).isEmpty();
        }

        @Test
        void isNotGivenWhileTheAddressIsHere() {
            Stage stage = Stage.withPeer().settled().forget();
            stage.tell(new Event.Heard(stage.requestOfPeer(), true));
            assertThat(stage.runMillis(800).said(PeerMessage.Promise.class)).isEmpty();
        }
    }
}
