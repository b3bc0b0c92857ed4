/** What LiveFeed counts. */
@NullMarked
package dev.fetchwell.examples.feed;

import org.jspecify.annotations.NullMarked;
