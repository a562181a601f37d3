@NullMarked
package io.pgproxy.config;

import org.jspecify.annotations.NullMarked;
