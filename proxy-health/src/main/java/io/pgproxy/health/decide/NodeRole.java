package io.pgproxy.health.decide;

/** The role in which a node last said yes and that it has not lost since. */
public enum NodeRole {
    NONE("none"),
    PRIMARY("primary"),
    STANDBY_LEADER("standby leader"),
    REPLICA("replica");

    private final String text;

    NodeRole(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
