package io.pgproxy.health.decide;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.yaml.MemberRules;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a member says that it is: its {@code conn_url} names the host and PostgreSQL's port, its {@code api_url} the port
 * of its Patroni and how that is spoken to. Patroni is asked on the host of the {@code conn_url}, whatever host the
 * {@code api_url} has: sessions go to the address that has answered, and to no other. Immutable.
 *
 * @param node as it would be in the file; empty if it can't be used
 * @param trouble why not, safe to print; empty if it can
 */
public record MemberPlace(Optional<NodeConfig> node, String trouble) {
    /** The member wrote nothing of it. */
    static final MemberPlace NOWHERE = new MemberPlace(Optional.empty(), "it does not say where it is");

    private static final int MAX_URL_CHARS = 500;

    private static final String HOST_AND_PORT =
            "(?:\\[([0-9a-fA-F.]*:[0-9a-fA-F:.]*)\\]|([^\\[\\]:/?#@\\s]+))(?::([0-9]{1,5}))?";
    private static final Pattern CONN_URL = Pattern.compile("postgres(?:ql)?://" + HOST_AND_PORT + "(?:[/?]\\S*)?");
    private static final Pattern API_URL = Pattern.compile("(https?)://" + HOST_AND_PORT + "(?:/\\S*)?");

    private static final String POSTGRESQL_PORT = "5432";
    private static final String HTTP_PORT = "80";
    private static final String HTTPS_PORT = "443";

    /** What is to be made of the two; either may be anything. */
    static MemberPlace of(String name, String connUrl, String apiUrl) {
        if (connUrl.isEmpty() && apiUrl.isEmpty()) {
            return NOWHERE;
        }
        Matcher conn = CONN_URL.matcher(cut(connUrl));
        Matcher api = API_URL.matcher(cut(apiUrl));
        if (!conn.matches()) {
            return unusable("its conn_url is not like postgres://host:5432/postgres");
        }
        if (!api.matches()) {
            return unusable("its api_url is not like http://host:8008/patroni");
        }
        Scheme scheme = api.group(1).equals("https") ? Scheme.HTTPS : Scheme.HTTP;
        String host = conn.group(1) == null ? conn.group(2) : conn.group(1);
        String port = given(conn.group(3), POSTGRESQL_PORT);
        String patroniPort = given(api.group(4), scheme == Scheme.HTTPS ? HTTPS_PORT : HTTP_PORT);
        return MemberRules.objectionToName(name)
                .or(() -> MemberRules.objectionToHost(host).map(why -> "the host of its conn_url: " + why))
                .or(() -> MemberRules.objectionToPort(port).map(why -> "the port of its conn_url: " + why))
                .or(() -> MemberRules.objectionToPort(patroniPort).map(why -> "the port of its api_url: " + why))
                .map(MemberPlace::unusable)
                .orElseGet(() -> at(new NodeConfig(
                        name,
                        host,
                        Integer.parseInt(port),
                        Integer.parseInt(patroniPort),
                        scheme,
                        NodeConfig.DEFAULT_WEIGHT)));
    }

    private static MemberPlace at(NodeConfig node) {
        return new MemberPlace(Optional.of(node), "");
    }

    private static MemberPlace unusable(String why) {
        return new MemberPlace(Optional.empty(), why);
    }

    /** Longer than any URL of Patroni's, and no URL at all any more. */
    private static String cut(String url) {
        return url.length() <= MAX_URL_CHARS ? url : "";
    }

    private static String given(@Nullable String text, String whenAbsent) {
        return text == null ? whenAbsent : text;
    }
}
