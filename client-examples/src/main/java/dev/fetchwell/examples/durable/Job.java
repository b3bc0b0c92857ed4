package dev.fetchwell.examples.durable;

/**
 * What is to be done.
 *
 * @param key unique: a job whose key is there is not added again, and who does it sends the key
 *     along, so that a second run has no second effect
 * @param payload whatever the function needs
 */
public record Job(String key, String payload) {}
