/** The public surface as its documentation promises it, used from outside the packages. */
@NullMarked
package dev.fetchwell.surface;

import org.jspecify.annotations.NullMarked;
