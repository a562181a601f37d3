package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Takes its time beside the other classes, with a proxy of its own. */
class PatientClientsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    private static final int SECONDS = 180;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct102", CONFIG);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct102");
    }

    @Test
    void silenceOfThreeMinutesEndsNobody() {
        Running patient = cluster.client().start("python3", "/it/patient.py", "host=ct102", Integer.toString(SECONDS));

        Outcome outcome = patient.await(Duration.ofSeconds(SECONDS + 120));

        assertThat(outcome.orFail().lines())
                .containsExactlyInAnyOrder("stops_reading: True", "waits_for_a_lock: True", "is_idle: True");
    }
}
