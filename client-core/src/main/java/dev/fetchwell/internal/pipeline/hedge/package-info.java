/** Another attempt beside one that is slow, of which the first good answer counts. */
@NullMarked
package dev.fetchwell.internal.pipeline.hedge;

import org.jspecify.annotations.NullMarked;
