/** Long answers: pages, lines, server-sent events, downloads. */
@NullMarked
package dev.fetchwell.stream;

import org.jspecify.annotations.NullMarked;
