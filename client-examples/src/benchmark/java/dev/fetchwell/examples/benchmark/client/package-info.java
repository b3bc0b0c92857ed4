/**
 * The clients that are compared: each does the job that ClientUnderTest says, as its own docs
 * advise.
 */
@NullMarked
package dev.fetchwell.examples.benchmark.client;

import org.jspecify.annotations.NullMarked;
