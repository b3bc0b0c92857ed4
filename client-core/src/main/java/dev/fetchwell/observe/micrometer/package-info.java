/** Metrics in Micrometer, which is an optional dependency. */
@NullMarked
package dev.fetchwell.observe.micrometer;

import org.jspecify.annotations.NullMarked;
