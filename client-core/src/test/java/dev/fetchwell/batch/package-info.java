/** Tests of batches and task groups. */
@NullMarked
package dev.fetchwell.batch;

import org.jspecify.annotations.NullMarked;
