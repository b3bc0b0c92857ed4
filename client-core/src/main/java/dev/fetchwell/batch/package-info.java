/**
 * Many calls at once: {@link dev.fetchwell.batch.Batch} over a sequence, {@link
 * dev.fetchwell.batch.TaskGroup} for a block.
 */
@NullMarked
package dev.fetchwell.batch;

import org.jspecify.annotations.NullMarked;
