/** Holds the order of the packages. */
@NullMarked
package dev.fetchwell.architecture;

import org.jspecify.annotations.NullMarked;
