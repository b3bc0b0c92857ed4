/** The sections of the Quickstart, one class each, and the report that they write. */
@NullMarked
package dev.fetchwell.examples.quickstart;

import org.jspecify.annotations.NullMarked;
