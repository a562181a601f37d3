package io.pgproxy.health;

import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes come from, for the status page, as of one instant. Immutable.
 *
 * @param warnings one sentence for each member that Patroni has in etcd and that is not used, up to {@link #MAX_TOLD}, and
 *     for what is wrong with the state file; safe to print
 */
public record MembersStatus(Source source, List<String> warnings) {
    /** Whoever has more members that are not used looks into etcd. */
    static final int MAX_TOLD = 10;

    /** The file has the nodes, and etcd no others. */
    public static final MembersStatus CONFIGURED = new MembersStatus(Source.FILE, List.of());

    public MembersStatus {
        warnings = List.copyOf(warnings);
    }

    static MembersStatus of(Membership membership, String fileTrouble) {
        List<String> warnings = new ArrayList<>();
        switch (membership.source()) {
            case FILE, ETCD -> {}
            case STATE_FILE ->
                warnings.add("etcd has not told the members since the start: the nodes are those that it told last");
            case NOBODY -> warnings.add("etcd has not told the members, and no state file has them");
        }
        membership.leftOut().entrySet().stream()
                .limit(MAX_TOLD)
                .forEach(member ->
                        warnings.add("member " + member.getKey() + " in etcd is not used: " + member.getValue()));
        int more = membership.leftOut().size() - MAX_TOLD;
        if (more > 0) {
            warnings.add(more + " more members in etcd are not used");
        }
        if (!fileTrouble.isEmpty()) {
            warnings.add(fileTrouble);
        }
        return new MembersStatus(membership.source(), warnings);
    }
}
