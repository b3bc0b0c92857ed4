/** What a request gets right before each attempt: its token, and what filters make of it. */
@NullMarked
package dev.fetchwell.internal.pipeline.prepare;

import org.jspecify.annotations.NullMarked;
