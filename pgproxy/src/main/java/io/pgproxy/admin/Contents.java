package io.pgproxy.admin;

import io.pgproxy.status.FailoverReport;
import io.pgproxy.status.StatusReport;
import java.util.function.Supplier;

/**
 * What the pages are made of. Each is asked on the admin thread for every page, and must not block for long.
 *
 * @param failovers the last changes of the primary
 * @param metrics in Prometheus' text format
 */
public record Contents(Supplier<StatusReport> status, Supplier<FailoverReport> failovers, Supplier<String> metrics) {}
