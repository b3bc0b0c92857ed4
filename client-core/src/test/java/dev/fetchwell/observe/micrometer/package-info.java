/** Of metrics. */
@NullMarked
package dev.fetchwell.observe.micrometer;

import org.jspecify.annotations.NullMarked;
