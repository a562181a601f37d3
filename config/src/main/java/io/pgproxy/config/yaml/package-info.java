/**
 * From the text of {@code pgproxy.yml} to the records of {@code io.pgproxy.config}, or to everything that is wrong with
 * it.
 *
 * <pre>
 * file ─► ConfigText ─► YamlComposer ─► YamlTree ─► Section + Syntax ─► RootKeys and its parts ─► PgproxyConfig
 *            │               │                            │                     │
 *            └───────────────┴─────────── Problems ───────┴─────────────────────┘
 * </pre>
 *
 * <p>SnakeYAML is used for its events only. It never makes a value of them: YAML 1.1 would read {@code 010} as 8,
 * {@code 12:30:45} as 45045 and {@code no} as false, so here every scalar is text until a {@code Syntax} reads it.
 */
@NullMarked
package io.pgproxy.config.yaml;

import org.jspecify.annotations.NullMarked;
