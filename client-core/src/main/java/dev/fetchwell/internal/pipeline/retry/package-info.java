/** Trying again: the decision, the budget, and resilience4j's side of it. */
@NullMarked
package dev.fetchwell.internal.pipeline.retry;

import org.jspecify.annotations.NullMarked;
