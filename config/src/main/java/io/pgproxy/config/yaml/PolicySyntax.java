package io.pgproxy.config.yaml;

import io.pgproxy.config.PoliciesConfig.Policy;
import java.util.List;

/**
 * One of the policies that a reason allows; whoever writes another one is told why it does not. Immutable.
 *
 * @param why half a sentence; empty where all are allowed
 */
record PolicySyntax(List<Policy> allowed, String why) implements Syntax<Policy> {
    private static final Choice<Policy> ALL = Choice.kebab(Policy.values());

    PolicySyntax {
        allowed = List.copyOf(allowed);
    }

    @Override
    public Policy parse(String text) throws Unreadable {
        Policy policy = ALL.words().get(text);
        if (policy != null && !allowed.contains(policy)) {
            throw new Unreadable(Quoted.of(text) + " is not allowed: " + why + "; write "
                    + String.join(" or ", words().words().keySet()));
        }
        return words().parse(text);
    }

    @Override
    public Form form() {
        return words().form();
    }

    private Choice<Policy> words() {
        return Choice.kebab(allowed.toArray(Policy[]::new));
    }
}
