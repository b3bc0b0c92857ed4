package dev.fetchwell.batch;

/** Hears how far a batch has come. */
@FunctionalInterface
public interface Progress {

  /**
   * One more item is done. Called once for each item, one call at a time, with {@code done} growing
   * by one; on a thread of the client's, which it must not block for long. What it throws is
   * logged.
   *
   * @param done items that have ended, well or not
   * @param total items in all, or -1 if that is not known
   */
  void update(long done, long total);
}
