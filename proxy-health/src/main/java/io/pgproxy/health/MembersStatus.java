package io.pgproxy.health;

import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes come from, for the status page, as of one instant. Immutable.
 *
 * @param warnings one sentence for each member that Patroni has in etcd and that is not used, and for what is wrong with
 *     the state file; safe to print
 */
public record MembersStatus(Source source, List<String> warnings) {
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
        membership
                .leftOut()
                .forEach((member, why) -> warnings.add("member " + member + " in etcd is not used: " + why));
        if (!fileTrouble.isEmpty()) {
            warnings.add(fileTrouble);
        }
        return new MembersStatus(membership.source(), warnings);
    }
}
