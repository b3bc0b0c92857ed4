/** Of what users test with. */
@NullMarked
package dev.fetchwell.testing;

import org.jspecify.annotations.NullMarked;
