package io.pgproxy.core;

/** That somebody cannot come in, and what he and the log are told. Immutable. */
record Refused(CloseReason reason, String text) {}
