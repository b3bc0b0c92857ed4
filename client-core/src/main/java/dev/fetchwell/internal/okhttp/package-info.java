/** The wire: everything that knows OkHttp. Not API. */
@NullMarked
package dev.fetchwell.internal.okhttp;

import org.jspecify.annotations.NullMarked;
