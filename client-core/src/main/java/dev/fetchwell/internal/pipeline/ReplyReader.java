package dev.fetchwell.internal.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of a reply, and makes of it.
 *
 * @param <T> what it makes
 */
public interface ReplyReader<T extends @Nullable Object> {

  /** How the reply is wanted. */
  enum Form {
    /** Its body as a whole, read on the call's thread; a status from 400 on is an error. */
    WHOLE,
    /** The same, but no status is an error, so that the whole body of any is wanted. */
    WHOLE_WITH_ANY_STATUS,
    /** As a whole for several callers, of whom each judges its status and makes its own value. */
    SHARED,
    /** At its headers, with its body open; a status from 400 on is an error. */
    STREAMED,
    /** The connection itself, once the server has switched protocols; else as {@link #WHOLE}. */
    UPGRADED
  }

  /** How the reply is wanted. */
  Form form();

  /** What the request accepts unless it says so itself; an empty string for nothing. */
  String accept();

  /**
   * Nothing, if a value could be made of a reply as far as that is known before the request is
   * sent.
   *
   * @throws IllegalArgumentException if not; the message is for the caller
   */
  default void check() {}

  /**
   * The value; runs on the call's thread, under its permits and its deadline.
   *
   * @throws dev.fetchwell.error.FetchError if the reply is not what was asked for
   */
  T read(Reply reply, CallContext context);
}
