/** One flight: identical calls that run at the same time share one on the wire. */
@NullMarked
package dev.fetchwell.internal.pipeline.flight;

import org.jspecify.annotations.NullMarked;
