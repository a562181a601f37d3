/**
 * How the log looks, and that it stays readable: one line an event in either format, whatever strangers put into it,
 * and never more lines of one kind than a reader can use.
 *
 * <pre>
 *   logger ──► FloodGate ──► queue ──► encoder ──► standard output
 * </pre>
 */
@NullMarked
package io.pgproxy.log;

import org.jspecify.annotations.NullMarked;
