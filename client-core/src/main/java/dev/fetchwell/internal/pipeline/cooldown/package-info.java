/** Whom an answer's {@code Retry-After} keeps away. */
@NullMarked
package dev.fetchwell.internal.pipeline.cooldown;

import org.jspecify.annotations.NullMarked;
