/**
 * The two doors for people and their tools: the admin HTTP port with metrics, health and status for whoever asks, and a
 * Unix socket for orders, which change something.
 *
 * <p>The port is open to the network, so every request is bounded in size and time, every connection serves one
 * request, and connections are few. Whatever names a client or changes state does not belong there.
 */
@NullMarked
package io.pgproxy.admin;

import org.jspecify.annotations.NullMarked;
