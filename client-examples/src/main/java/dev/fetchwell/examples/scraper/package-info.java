/** The parts of the Scraper: what may be fetched, the crawl itself, and its rows. */
@NullMarked
package dev.fetchwell.examples.scraper;

import org.jspecify.annotations.NullMarked;
