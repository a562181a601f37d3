package io.pgproxy.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdVersionTest {
    @ParameterizedTest
    @ValueSource(strings = {"3.4.23", "3.4.99", "3.5.0", "3.5.12", "3.5.12-rc.1"})
    void warnsOfALeaderThatKeepsLeasesAliveByItself(String version) throws UnreadableValue {
        assertThat(EtcdVersion.read(version).warning().orElseThrow()).contains("hangs on its disk", "3.5.33");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.5.13", "3.5.32", "3.6.13", "3.7.0"})
    void warnsOfKnownFaults(String version) throws UnreadableValue {
        assertThat(EtcdVersion.read(version).warning().orElseThrow())
                .contains("security faults")
                .doesNotContain("disk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.5.33", "3.6.14", "3.7.1", "3.7.2", "3.8.0", "4.0.0"})
    void hasNothingAgainstTheOthers(String version) throws UnreadableValue {
        assertThat(EtcdVersion.read(version).warning()).isEmpty();
    }

    @Test
    void refusesWhatIsNoVersion() {
        assertThatThrownBy(() -> EtcdVersion.read("3.5\n")).isInstanceOf(UnreadableValue.class);
    }
}
