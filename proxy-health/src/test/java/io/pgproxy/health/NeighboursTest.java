package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The name of pg102 still has an address that is pg104's by now, and pg102 may have answered there before. */
class NeighboursTest {
    private static final InetAddress STALE = address("10.0.0.4");
    private static final NodeConfig PG102 = Settings.node("pg102", "pg102.test", 8008);
    private static final NodeConfig PG104 = Settings.node("pg104", "10.0.0.4", 8008);

    private final List<String> log = new ArrayList<>();
    private List<InetAddress> pg102Is = List.of(STALE);
    private final Neighbours neighbours = new Neighbours(notice -> log.add(notice.level() + " " + notice.text()));
    private final NodeAddress ofPg102 = nodeAddress(PG102.host());
    private final NodeAddress ofPg104 = nodeAddress(PG104.host());

    NeighboursTest() {
        neighbours.add(PG102, ofPg102);
        neighbours.add(PG104, ofPg104);
        ofPg102.refresh(false, 0);
    }

    private NodeAddress nodeAddress(String host) {
        return new NodeAddress(host, 3, name -> pg102Is, Runnable::run, Runnable::run, notice -> {});
    }

    private void resolvesTo(long atSecond, InetAddress... addresses) {
        pg102Is = List.of(addresses);
        ofPg102.refresh(false, TimeUnit.SECONDS.toNanos(atSecond));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }

    private static ProbeOutcome primary(String patroni) {
        String body =
                "{\"role\": \"primary\", \"state\": \"running\", \"timeline\": 5, \"patroni\": {" + patroni + "}}";
        return PatroniAnswerReader.read(200, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whereAnotherNodeAnswersNobodyElseIsAsked() {
        ofPg104.checked(STALE, Kind.ANSWERED);
        assertThat(neighbours.taken(PG102, STALE))
                .hasValue(ProbeOutcome.failed(Kind.GARBAGE, "10.0.0.4 is where node pg104 answers"));
        assertThat(neighbours.taken(PG104, STALE)).isEmpty();
    }

    @Test
    void anAnswerThatWasUnderWayMeanwhileDoesNotCount() {
        ofPg104.checked(STALE, Kind.ANSWERED);
        assertThat(neighbours.judged(PG102, STALE, primary("")).kind()).isEqualTo(Kind.GARBAGE);
        assertThat(neighbours.judged(PG104, STALE, primary("")).kind()).isEqualTo(Kind.ANSWERED);
    }

    @Test
    void anotherPatroniPortIsAnotherNode() {
        ofPg104.checked(STALE, Kind.ANSWERED);
        assertThat(neighbours.taken(Settings.node("pg102", "pg102.test", 8009), STALE))
                .isEmpty();
    }

    @Test
    void anAnswerInTheNameOfAnotherNodeDoesNotCountWhoeverAnsweredFirst() {
        assertThat(neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\"")))
                .isEqualTo(ProbeOutcome.failed(Kind.GARBAGE, "the Patroni at 10.0.0.4 is node pg104's"));
        assertThat(neighbours
                        .judged(PG104, STALE, primary("\"name\": \"pg104\""))
                        .kind())
                .isEqualTo(Kind.ANSWERED);
    }

    @Test
    void anAddressThatMovedIsTheNewNodesByItsOwnName() {
        ofPg102.checked(STALE, Kind.ANSWERED);
        assertThat(neighbours
                        .judged(PG104, STALE, primary("\"name\": \"pg104\""))
                        .kind())
                .isEqualTo(Kind.ANSWERED);
        ofPg104.checked(STALE, Kind.ANSWERED);
        assertThat(neighbours.judged(PG102, STALE, primary("")).kind()).isEqualTo(Kind.GARBAGE);
    }

    @Test
    void whoeverFindsAnothersNameAtItsAddressNoLongerHasIt() {
        ofPg102.checked(STALE, Kind.ANSWERED);
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        assertThat(neighbours.taken(PG104, STALE)).isEmpty();
        assertThat(neighbours.judged(PG104, STALE, primary("")).kind()).isEqualTo(Kind.ANSWERED);
    }

    /** Its certificate, for one, is another's: then nobody sees the name there but the new node itself. */
    @Test
    void whereANodeGotNoAnswerLatelyAnotherIsAsked() {
        ofPg102.checked(STALE, Kind.ANSWERED);
        ofPg102.checked(STALE, Kind.NO_CONNECTION);
        assertThat(neighbours.taken(PG104, STALE)).isEmpty();
    }

    @Test
    void anAnswerThatNamesNoNodeLeavesTheAddressWithWhoHadIt() {
        ofPg102.checked(STALE, Kind.ANSWERED);
        ofPg102.checked(STALE, Kind.NO_CONNECTION);
        assertThat(neighbours.judged(PG104, STALE, primary("")).kind()).isEqualTo(Kind.GARBAGE);
        assertThat(neighbours
                        .judged(PG104, STALE, primary("\"name\": \"postgres-1\""))
                        .kind())
                .isEqualTo(Kind.GARBAGE);
    }

    @Test
    void anotherPatroniPortLosesNothingByTheName() {
        NodeConfig besides = Settings.node("pg103", "10.0.0.4", 8009);
        NodeAddress ofPg103 = nodeAddress(besides.host());
        neighbours.add(besides, ofPg103);
        ofPg103.checked(STALE, Kind.ANSWERED);
        neighbours.judged(PG104, STALE, primary("\"name\": \"pg104\""));
        assertThat(ofPg103.working()).hasValue(STALE);
    }

    @Test
    void patronisOwnNameNeedNotBeOurs() {
        assertThat(neighbours
                        .judged(PG102, STALE, primary("\"name\": \"postgres-1\""))
                        .kind())
                .isEqualTo(Kind.ANSWERED);
    }

    @Test
    void itIsToldOnce() {
        ofPg104.checked(STALE, Kind.ANSWERED);
        neighbours.taken(PG102, STALE);
        neighbours.taken(PG102, STALE);
        assertThat(log)
                .containsExactly("WARN node pg102: 10.0.0.4 is where node pg104 answers;"
                        + " is an old address left in pg102.test?");
    }

    @Test
    void itIsToldOnceHoweverItIsFound() {
        ofPg104.checked(STALE, Kind.ANSWERED);
        for (int i = 0; i < 3; i++) {
            neighbours.taken(PG102, STALE);
            neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        }
        assertThat(log).hasSize(1);
    }

    @Test
    void twoOldAddressesInTurnAreToldOnceEach() {
        InetAddress another = address("10.0.0.3");
        neighbours.add(Settings.node("pg103", "10.0.0.3", 8008), nodeAddress("10.0.0.3"));
        resolvesTo(10, STALE, another);
        for (int i = 0; i < 3; i++) {
            neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
            neighbours.judged(PG102, another, primary("\"name\": \"pg103\""));
        }
        assertThat(log).hasSize(2);
    }

    @Test
    void itIsToldAgainAfterTheNameHadLostTheAddress() {
        InetAddress own = address("10.0.0.2");
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        resolvesTo(10, own);
        neighbours.judged(PG102, own, primary("\"name\": \"pg102\""));
        resolvesTo(20, own, STALE);
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        assertThat(log).hasSize(2);
    }

    @Test
    void itIsToldAgainAfterTheNodeHadAnsweredThere() {
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg102\""));
        neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
        assertThat(log).hasSize(2);
    }

    @Test
    void anAnswerFromElsewhereMakesItNoNews() {
        InetAddress own = address("10.0.0.2");
        resolvesTo(10, own, STALE);
        for (int i = 0; i < 3; i++) {
            neighbours.judged(PG102, STALE, primary("\"name\": \"pg104\""));
            neighbours.judged(PG102, own, primary("\"name\": \"pg102\""));
        }
        assertThat(log).hasSize(1);
    }
}
