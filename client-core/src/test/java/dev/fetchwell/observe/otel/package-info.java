/** Of traces. */
@NullMarked
package dev.fetchwell.observe.otel;

import org.jspecify.annotations.NullMarked;
