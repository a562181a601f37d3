/** Asks nodes over HTTP and resolves their names. What the answers mean is decided elsewhere. */
@NullMarked
package io.pgproxy.health.ask;

import org.jspecify.annotations.NullMarked;
