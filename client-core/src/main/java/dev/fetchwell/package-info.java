/** The client: {@link dev.fetchwell.AsyncHttpClient} and the fluent calls around it. */
@NullMarked
package dev.fetchwell;

import org.jspecify.annotations.NullMarked;
