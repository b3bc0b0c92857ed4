/** The circuit breaker of each host: which attempts are let through, and what their ends count. */
@NullMarked
package dev.fetchwell.internal.pipeline.breaker;

import org.jspecify.annotations.NullMarked;
