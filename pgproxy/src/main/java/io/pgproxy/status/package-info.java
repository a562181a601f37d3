/**
 * What the program says about itself: one immutable report, and its forms for a program (JSON), a terminal and a
 * browser.
 *
 * <p>The JSON is an interface that others build on. Its names are those of {@link io.pgproxy.status.StatusReport} in
 * snake_case, the way Patroni writes its own; a name, once given, stays, and readers must ignore names that they do not
 * know. What is not known is {@code null}, never absent. No client is ever named in it;
 * only {@link io.pgproxy.status.SessionsReport} does so, which nobody gets over the network.
 */
@NullMarked
package io.pgproxy.status;

import org.jspecify.annotations.NullMarked;
