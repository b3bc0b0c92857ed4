package dev.fetchwell.stream;

/**
 * One server-sent event.
 *
 * @param type the event's type, {@code message} if the server named none
 * @param data its data, lines joined by {@code \n}
 * @param lastEventId the last id that the server sent up to here, or an empty string
 */
public record ServerSentEvent(String type, String data, String lastEventId) {}
