package io.pgproxy.health.decide;

/** What is known about a node in the role that it has. Nothing starts {@link #UP}. */
public enum NodeState {
    /** It has never answered: neither healthy nor unhealthy. */
    UNKNOWN,
    /** Its last verdict is a yes. */
    UP,
    /** {@code fall} checks in a row brought no verdict; its last yes is still younger than {@code stale-after}. */
    SILENT,
    /** Its last yes is too old to go by, or it fell silent after something other than a yes. */
    STALE,
    /** It answers, and the answer is "not now": promoting, starting, stopping, no lock yet. */
    WAITING,
    /** It verifiably has no role to offer, or another node verifiably has the role that it claims. */
    DOWN,
    /** It belongs to another cluster. */
    REFUSED;

    /** Whether new sessions may go there as far as this node alone is concerned. */
    public boolean trusted() {
        return switch (this) {
            case UP, SILENT -> true;
            case UNKNOWN, STALE, WAITING, DOWN, REFUSED -> false;
        };
    }
}
