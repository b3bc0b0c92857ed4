package dev.fetchwell.examples.bulk;

/** A row that is not imported: the line where it begins, why, and what it was. */
record Reject(long line, String reason, String row) {}
