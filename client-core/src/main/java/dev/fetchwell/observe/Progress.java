package dev.fetchwell.observe;

/** Is told how far a batch, a download or an upload has come. */
@FunctionalInterface
public interface Progress {

  /**
   * More is done: another item of a batch, or another chunk of a download. Called by one thread at
   * a time, one of the client's, which it must not block for long. What it throws is logged. {@code
   * done} grows; only a download or an upload that has to begin again falls back.
   *
   * @param done items that have ended, well or not; or bytes written or sent
   * @param total items or bytes in all, or -1 if that is not known
   */
  void update(long done, long total);
}
