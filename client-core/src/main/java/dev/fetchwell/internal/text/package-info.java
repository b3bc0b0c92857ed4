/** The text of URLs, headers, forms and arguments. Not API. */
@NullMarked
package dev.fetchwell.internal.text;

import org.jspecify.annotations.NullMarked;
