/** The PostgreSQL of the examples: one that they start themselves, or an existing one. */
@NullMarked
package dev.fetchwell.examples.postgres;

import org.jspecify.annotations.NullMarked;
