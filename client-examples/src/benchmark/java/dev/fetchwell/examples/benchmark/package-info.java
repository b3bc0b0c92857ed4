/** Measures this client beside others: docs/performance.md has the method. */
@NullMarked
package dev.fetchwell.examples.benchmark;

import org.jspecify.annotations.NullMarked;
