package dev.fetchwell.observe;

/**
 * Which call an event is about. The same object comes with every event of one call, so its identity
 * can be a key.
 *
 * @param id a number that is unique in this process
 * @param method the request's method
 * @param url the address without query values and user info
 * @param host the host, with the port where it is not the scheme's own
 * @param tag the low-cardinality name given to the call, or an empty string
 */
public record CallInfo(long id, String method, String url, String host, String tag) {}
