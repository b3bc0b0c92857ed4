package dev.fetchwell.observe;

/** Hears how far a batch or a download has come. */
@FunctionalInterface
public interface Progress {

  /**
   * More is done. Called one call at a time with {@code done} growing, for a batch after each item,
   * for a download after each chunk; on a thread of the client's, which it must not block for long.
   * What it throws is logged.
   *
   * @param done items that have ended, well or not; or bytes written
   * @param total items or bytes in all, or -1 if that is not known
   */
  void update(long done, long total);
}
