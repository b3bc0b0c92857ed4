package dev.fetchwell.examples.durable;

/**
 * A job that a process has taken, for as long as its lease lasts.
 *
 * @param id the job's row
 * @param run how many times it was taken; who took it before has another number, and so cannot end
 *     it any more
 */
record Claim(long id, Job job, int run) {}
