/** The limit of FleetLimit, which all processes share. */
@NullMarked
package dev.fetchwell.examples.fleet;

import org.jspecify.annotations.NullMarked;
