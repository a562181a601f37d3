package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.PatroniStoreConfig;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.RulesConfig.ConnectRate;
import io.pgproxy.config.VipConfig;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFileTest {
    /** Records whose components are not keys: an address is one text, and a lag may be one. */
    private static final Set<String> NOT_GROUPS = Set.of("BindAddress", "Network", "PeerAddress", "EtcdEndpoint");

    /** Records that the file has not: a listener's keys stand side by side. */
    private static final Set<Class<?>> ONLY_IN_THE_MODEL = Set.of(
            ReadsConfig.class,
            RulesConfig.class,
            PoliciesConfig.class,
            PeersConfig.class,
            HandoverConfig.class,
            PatroniStoreConfig.class,
            DiscoveryConfig.class);

    /** Components that are called otherwise than their keys. */
    private static final Map<String, String> KEYS = Map.of("perSecond", "rate", "networkInterface", "interface");

    @Test
    void saysExactlyWhatTheDefaultsAre() {
        String shortest =
                """
                nodes:
                  - {name: pg102, host: 192.168.50.21}
                  - {name: pg103, host: 192.168.50.22}
                  - {name: pg104, host: 192.168.50.23}
                """;

        assertThat(Parsing.config(ReferenceFile.text())).isEqualTo(Parsing.config(shortest));
    }

    @Test
    void isTheFileThatOperatorsRead() throws IOException {
        assertThat(ReferenceFile.text()).isEqualTo(Files.readString(Path.of("pgproxy.yml")));
    }

    /** Copied alone, the file names a schema that is not beside it. */
    @Test
    void saysHowToGetItsSchema() {
        assertThat(ReferenceFile.text())
                .containsPattern("\\$schema=(\\S+)\n#.*\n# +java -jar pgproxy\\.jar print-schema > \\1\n");
    }

    @Test
    void namesEveryKey() {
        Set<String> keys = new TreeSet<>(Set.of("scheme")); // becomes the nodes' own, and so no component
        collectKeys(PgproxyConfig.class, keys);

        assertThat(keys).isNotEmpty().allSatisfy(key -> assertThat(ReferenceFile.text())
                .containsPattern("(^|\\W)" + Pattern.quote(key) + ":"));
    }

    @Test
    void writesEveryDefaultOut() {
        Set<String> keys = new TreeSet<>();
        collectKeys(PgproxyConfig.class, keys);
        keys.removeAll(keysOfVip()); // which is off where nothing is written
        keys.removeAll(Set.of(
                "scope",
                "user",
                "password-file",
                "ca-file",
                "certificate-file",
                "key-file",
                "bytes",
                "time",
                "rate",
                "burst"));

        assertThat(keys).allSatisfy(key -> assertThat(ReferenceFile.text())
                .containsPattern("(?m)^[ -]*" + Pattern.quote(key) + ":"));
    }

    @Test
    void stillLoadsWithEveryExampleUncommented(@TempDir Path folder) throws IOException {
        assertThat(withExamples(folder)).isInstanceOf(Loaded.class);
    }

    @Test
    void showsTheDefaultsOfTheVirtualAddress(@TempDir Path folder) throws IOException {
        VipConfig vip = ((Loaded) withExamples(folder)).config().vip().orElseThrow();

        assertThat(vip.name()).isEqualTo("main");
        assertThat(vip.leaseTtl()).isEqualTo(VipConfig.DEFAULT_LEASE_TTL);
        assertThat(vip.handover()).isEqualTo(HandoverConfig.DEFAULTS);
        assertThat(vip.peers().listen()).isEqualTo(PeersConfig.DEFAULT_LISTEN);
    }

    @Test
    void showsALagInBothParts() {
        assertThat(listener("max-lag: " + example("\\{bytes.*?}")).reads().maxLag())
                .isNotEqualTo(MaxLag.NONE);
    }

    @Test
    void showsNetworks() {
        assertThat(listener("allow-from: " + example("\\[10\\..*?]")).rules().allowFrom())
                .hasSize(3);
    }

    @Test
    void showsARateWithItsBurst() {
        assertThat(listener("connects-per-source: " + example("\\{rate.*?}"))
                        .rules()
                        .connectsPerSource())
                .contains(new ConnectRate(20, 100));
    }

    @Test
    void showsTags() {
        assertThat(listener("required-tags: " + example("\\{zone.*?}")).reads().requiredTags())
                .containsExactly(Map.entry("zone", "a"));
    }

    @Test
    void fitsTheScreen() {
        assertThat(ReferenceFile.text().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(120));
    }

    private static LoadResult withExamples(Path folder) throws IOException {
        String text = ReferenceFile.text()
                .replaceAll("(?m)^( *)#(?=[a-z])", "$1")
                .replace("/etc/pgproxy/", folder + "/")
                .replace("scheme: http ", "scheme: https ")
                .replace("endpoints: none", "endpoints: " + example("\\[\"http:.*?]"));
        for (String name :
                Set.of("patroni-ca.pem", "etcd-ca.pem", "etcd-password", "pgproxy.pem", "pgproxy.key", "secret")) {
            Files.writeString(folder.resolve(name), "");
        }
        return ConfigLoader.parse(text, folder);
    }

    private static Set<String> keysOfVip() {
        Set<String> keys = new TreeSet<>(Set.of("vip"));
        collectKeys(VipConfig.class, keys);
        keys.remove("name");
        return keys;
    }

    private static ListenerConfig listener(String key) {
        return Parsing.config("nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: replica, " + key
                        + "}]")
                .listeners()
                .get(0);
    }

    private static String example(String regex) {
        return Pattern.compile(regex)
                .matcher(ReferenceFile.text())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The components of the records are the keys, but for their spelling. */
    private static void collectKeys(Class<?> group, Set<String> keys) {
        for (RecordComponent component : group.getRecordComponents()) {
            if (!ONLY_IN_THE_MODEL.contains(component.getType())) {
                keys.add(KEYS.getOrDefault(component.getName(), kebab(component.getName())));
            }
            Type type = component.getGenericType();
            Type inner = type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type;
            if (inner instanceof Class<?> c && c.isRecord() && !NOT_GROUPS.contains(c.getSimpleName())) {
                collectKeys(c, keys);
            }
        }
    }
}
