package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.health.decide.NodesText.Unusable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodesTextTest {
    private static final String CLUSTER = "/service/main/";
    private static final List<NodeConfig> NODES = List.of(
            new NodeConfig("pg102", "192.168.50.21", 5432, 8008, Scheme.HTTP, 100),
            new NodeConfig("pg103", "fd00::22", 5433, 8009, Scheme.HTTPS, 100));

    private static List<NodeConfig> read(String text) throws Unusable {
        return NodesText.read(text, CLUSTER, Scheme.HTTP);
    }

    @Test
    void whatIsWrittenIsRead() throws Unusable {
        assertThat(read(NodesText.of(CLUSTER, NODES))).isEqualTo(NODES);
    }

    @Test
    void theLargestClusterFits() throws Unusable {
        List<NodeConfig> nodes = new ArrayList<>();
        for (int i = 100; i < 164; i++) {
            String host = ("h".repeat(60) + ".").repeat(4) + i + "x";
            nodes.add(new NodeConfig("n".repeat(60) + i, host, 65535, 65535, Scheme.HTTPS, 100));
        }

        assertThat(read(NodesText.of(CLUSTER, nodes))).isEqualTo(nodes);
    }

    @Test
    void anotherClustersFileIsNotUsed() {
        assertThatThrownBy(() -> read(NodesText.of("/service/other/", NODES)))
                .isInstanceOf(Unusable.class)
                .hasMessage("it is of another cluster than /service/main/");
    }

    @Test
    void whoWasAskedOverHttpIsNotAskedWhereHttpsIsTheLeast() throws Unusable {
        assertThat(NodesText.read(NodesText.of(CLUSTER, NODES), CLUSTER, Scheme.HTTPS))
                .extracting(NodeConfig::name)
                .containsExactly("pg103");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it is no JSON object",
                "[] | it is no JSON object",
                "{\"cluster\": \"/service/main/\", \"nodes\": [ | it is no JSON object",
            })
    void whatIsNoObjectIsNotUsed(String text, String why) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(Unusable.class).hasMessage(why);
    }

    @ParameterizedTest
    @CsvSource({
        "pg103, pg102",
        "pg103, pg 103",
        "fd00::22, 127.0.0.1",
        "fd00::22, http://db3",
        "5433, 0",
        "8009, 65536",
        "https, file",
    })
    void oneNodeThatIsNoneSpoilsTheWhole(String good, String bad) {
        String text = NodesText.of(CLUSTER, NODES).replace(good, bad);

        assertThatThrownBy(() -> read(text)).isInstanceOf(Unusable.class);
    }

    @Test
    void aFileWithoutNodesHasNone() throws Unusable {
        assertThat(read("{\"cluster\": \"" + CLUSTER + "\"}")).isEmpty();
    }
}
