package dev.fetchwell.examples.durable;

/**
 * What is in the table.
 *
 * @param open not ended: waiting, running, or waiting to run again
 * @param done done
 * @param dead failed for good
 */
public record JobCounts(long open, long done, long dead) {}
