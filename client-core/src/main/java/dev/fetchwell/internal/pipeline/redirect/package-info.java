/** Following redirects. */
@NullMarked
package dev.fetchwell.internal.pipeline.redirect;

import org.jspecify.annotations.NullMarked;
