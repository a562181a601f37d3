package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** The nodes that may become candidates, as the table tells them beside those that are. */
class KnownAddressesTest {
    private static Set<String> known(Scenario scenario) {
        return scenario.outlook().table().addresses().keySet();
    }

    @Test
    void aNodeThatNeverSaidYesIsNotKnown() {
        assertThat(known(Scenario.start().hears("pg102", Answers.primary(5)).hears("pg103", Answers.silence())))
                .containsExactly("pg102");
    }

    @Test
    void aNodeWithoutAListenerOfItsOwnIsKnown() {
        assertThat(known(Scenario.with(Scenario.PRIMARY).allWell()))
                .containsExactlyInAnyOrder("pg102", "pg103", "pg104");
    }

    @Test
    void aNodeThatHasLostItsRoleIsKnown() {
        Scenario scenario = Scenario.healthy().hears("pg102", Answers.replica(5));
        assertThat(scenario.nodes("primary")).isEmpty();
        assertThat(known(scenario)).contains("pg102");
    }

    @Test
    void aNodeOfAnotherClusterIsNotKnown() {
        Scenario scenario = Scenario.healthy().hears("pg104", Answers.ofCluster(200, "primary", "main", "666"));
        assertThat(known(scenario)).containsExactlyInAnyOrder("pg102", "pg103");
    }
}
