/** The wire: everything that knows OkHttp. Not API. */
@NullMarked
package dev.fetchwell.internal.transport;

import org.jspecify.annotations.NullMarked;
