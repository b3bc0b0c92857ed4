package dev.fetchwell.observe;

/**
 * What a client is doing and has done; a snapshot.
 *
 * @param inFlight calls that hold a permit now
 * @param queued calls that wait for a permit now
 * @param calls calls ever started, the rejected ones included; a streamed call that goes on after
 *     its body broke off counts as another one
 * @param attempts attempts ever begun, those that wait for a permit included; a followed redirect
 *     counts no further one
 * @param retries attempts beyond a call's first
 * @param failures calls that ended with an error, not counting cancelled ones
 * @param openConnections connections open now or being opened, by all clients that share this one's
 *     pool; one of HTTP/1 that the server closed while it was idle counts until it is tried, or was
 *     idle for a minute
 * @param idleConnections open connections that carry no call now
 * @param abandoned threads of calls that were given up, which have not returned yet, such as from a
 *     name lookup that hangs or from a decoder; as many as there are permits, and at least 16, hold
 *     no permit, those beyond keep theirs until they return. Not counted by {@code inFlight}
 * @param openStreams streamed responses, among those in flight, whose bodies are neither read to
 *     their end nor closed: each holds a permit
 * @param resilience what the layers that are opt-in do and have done
 */
public record ClientStats(
    int inFlight,
    int queued,
    long calls,
    long attempts,
    long retries,
    long failures,
    int openConnections,
    int idleConnections,
    int abandoned,
    int openStreams,
    ResilienceStats resilience) {}
