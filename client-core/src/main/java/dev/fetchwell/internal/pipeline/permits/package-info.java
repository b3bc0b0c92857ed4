/** How much runs at once: permits, queues, and resilience4j's side of them. */
@NullMarked
package dev.fetchwell.internal.pipeline.permits;

import org.jspecify.annotations.NullMarked;
