package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;

/** Has something for each node that is asked, for as long as it is. Told on the control thread. */
interface NodeFollower {
    /** That node is asked from now on; one that has moved has left before. */
    void joined(NodeConfig node);

    /** That node is not asked any more. */
    void left(NodeConfig node);
}
