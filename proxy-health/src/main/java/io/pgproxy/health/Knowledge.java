package io.pgproxy.health;

import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Outlook;

/**
 * What the control thread knows at one instant, in one piece, for the threads that only look. Immutable.
 *
 * @param quick whether nodes are asked every {@code fast-interval}
 */
record Knowledge(Outlook outlook, Membership membership, boolean quick) {}
