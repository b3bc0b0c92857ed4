/** The parts of BulkImport: reading, asking, writing, and the pipes between them. */
@NullMarked
package dev.fetchwell.examples.bulk;

import org.jspecify.annotations.NullMarked;
