package dev.fetchwell.batch;

import java.time.Duration;

/**
 * A {@link WorkQueue} at one moment. The counts are read one after another, so they may be apart by
 * what happened meanwhile.
 *
 * @param submitting jobs that wait for a place
 * @param queued jobs that have a place and wait for a worker, for the first time or again
 * @param running jobs that a worker is at
 * @param done jobs that succeeded
 * @param deadLettered jobs that failed for good
 * @param cancelled jobs whose futures were cancelled, and those handed back by a shutdown
 * @param retries runs beyond the first of each job
 * @param meanWait how long a job waited for its first run, on average
 */
public record WorkQueueStats(
    int submitting,
    int queued,
    int running,
    long done,
    long deadLettered,
    long cancelled,
    long retries,
    Duration meanWait) {}
