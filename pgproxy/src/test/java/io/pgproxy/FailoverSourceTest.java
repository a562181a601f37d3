package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.stopwatch.Moment;
import io.pgproxy.health.stopwatch.Stopwatch;
import io.pgproxy.status.StatusJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A failover as JSON, which others build on. */
class FailoverSourceTest {
    /** 2026-11-23 20:14:59.123 UTC. */
    private static final long BEGAN_MILLIS = 1_795_464_899_123L;

    private final Stopwatch well = Stopwatch.nothingKnown(100).primaryIs(Optional.of("pg102"), "", at(-10_000));

    private static Moment at(long millis) {
        return new Moment(millis * 1_000_000, BEGAN_MILLIS + millis);
    }

    private static String json(Stopwatch stopwatch) {
        return new StatusJson().write(new FailoverSource(100, stopwatch::all).get());
    }

    @Test
    void everyPhaseThatWasReachedIsThere() {
        assertThat(json(well.announced(at(-1_204))
                        .primaryIs(Optional.empty(), "does not answer", at(0))
                        .primaryIs(Optional.of("pg103"), "", at(1_201))
                        .served("pg103", at(1_227))))
                .isEqualToIgnoringNewLines(
                        """
                        {
                          "kept" : 100,
                          "failovers" : [ {
                            "number" : 1,
                            "from" : "pg102",
                            "to" : "pg103",
                            "over" : true,
                            "why" : "does not answer",
                            "began" : "2026-11-23T20:14:59.123Z",
                            "phases" : [ {
                              "phase" : "announced",
                              "seconds" : -1.204
                            }, {
                              "phase" : "lost",
                              "seconds" : 0.0
                            }, {
                              "phase" : "verified",
                              "seconds" : 1.201
                            }, {
                              "phase" : "first_byte",
                              "seconds" : 1.227
                            } ],
                            "text" : "failover 1, pg102 to pg103, began at 2026-11-23 20:14:59.123 UTC \
                        (announced 1.204 s before): pg102 lost at once (does not answer), \
                        pg103 verified after 1.201 s, first byte to a client after 1.227 s"
                          } ]
                        }
                        """);
    }

    @Test
    void oneThatIsUnderWayHasNobodyYet() {
        assertThat(json(well.primaryIs(Optional.empty(), "does not answer", at(0))))
                .contains("\"to\" : null", "\"over\" : false");
    }

    @Test
    void quietTimesAreAnEmptyList() {
        assertThat(json(well)).contains("\"kept\" : 100", "\"failovers\" : [ ]");
    }

    @Test
    void whereNoneIsTimedThatIsSaid() {
        assertThat(new StatusJson().write(new FailoverSource(0, List::of).get()))
                .contains("\"kept\" : 0", "\"failovers\" : [ ]");
    }
}
