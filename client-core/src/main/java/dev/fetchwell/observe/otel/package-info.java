/** Traces and metrics in OpenTelemetry, whose API is an optional dependency. */
@NullMarked
package dev.fetchwell.observe.otel;

import org.jspecify.annotations.NullMarked;
