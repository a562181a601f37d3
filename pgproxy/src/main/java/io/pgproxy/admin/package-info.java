/**
 * The admin HTTP port: metrics, health and status for whoever asks, and nothing that changes anything.
 *
 * <p>It is open to the network, so every request is bounded in size and time, every connection serves one request, and
 * connections are few. Whatever names a client or changes state does not belong here.
 */
@NullMarked
package io.pgproxy.admin;

import org.jspecify.annotations.NullMarked;
