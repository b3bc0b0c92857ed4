/** The parts of the Resilience example, one for each layer. */
@NullMarked
package dev.fetchwell.examples.resilience;

import org.jspecify.annotations.NullMarked;
